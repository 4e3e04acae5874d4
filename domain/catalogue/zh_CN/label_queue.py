"""Labels printed again in ranges and copies."""

WORDS = {
    "field.label_copies": "份数",
    "field.label_first": "从第几张",
    "field.label_last": "到第几张",
    "button.label_to_end": "打到最后",
    "button.label_all": "全部",
    "ask.label_range": "扫描起始的那张标签，或输入序号",
    "said.labels_requested": "已送出 {count} 张标签打印",
    "label.progress": "已打印 {out}/{total} 张",
    "screen.reprint.one_of": "第 {first} 张，共 {total} 张",
    "screen.reprint.some_of": "第 {first} 至 {last} 张，共 {total} 张",
    "problem.label_copies": "不能一次打印 {count} 份",
    "problem.label_copies.way_out": "请输入 1 至 {most}",
    "problem.label_number": "这批标签没有第 {number} 张",
    "problem.label_number.way_out": "这批共有第 1 至 {most} 张",
}
