"""The plant's own label templates: what they are called, and why one is not taken."""

WORDS = {
    "object.label_templates": "标签模板",
    "object.label_templates.code": "代替哪种标签",
    "object.label_templates.text": "模板内容（TOML）",
    "problem.label_template.no_such": "没有名为 {subject} 的标签，可用的有：{detail}。",
    "problem.label_template.no_such.way_out": "请使用其中一个名称",
    "problem.label_template.not_toml": "第 {line} 行无法读取：{detail}",
    "problem.label_template.not_toml.way_out": "请改正这一行",
    "problem.label_template.not_a_template": "这不是可用的模板：{detail}",
    "problem.label_template.not_a_template.way_out": "请改正，或从自带的模板重新开始",
    "problem.label_template.field_gone": "缺少字段 {subject}：终端会填写它。即使不打印，也请保留声明。",
    "problem.label_template.field_gone.way_out": "请从自带的模板复制这个字段",
    "problem.label_template.field_needed": "字段 {subject} 不能设为必填：终端不一定填写它。",
    "problem.label_template.field_needed.way_out": "请去掉该字段的 required",
    "problem.label_template.field_changed": "字段 {subject} 必须保留原来的种类和选项：终端按它们填写。",
    "problem.label_template.field_changed.way_out": "请从自带的模板复制这个字段",
    "problem.label_template.not_fit": "样张在每毫米 {dots} 点时不能打印：{finding}。",
    "problem.label_template.not_fit.way_out": "请给条码更大的位置，或改用别的样值",
}
