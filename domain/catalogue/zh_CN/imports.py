"""What an import says about a file, in Chinese."""

_WAY_OUT = "请修改文件后重新导入；目前没有写入任何数据。"

_PROBLEMS = {
    "problem.import.file_too_large": "文件超过 {limit}，请拆分。",
    "problem.import.empty": "文件是空的。",
    "problem.import.unreadable": "文件无法读取（第 {row} 行）：{reason}。请另存为 XLSX 或 CSV。",
    "problem.import.too_many_rows": "超过 {limit} 行，请拆分文件。",
    "problem.import.too_many_columns": "第 {row} 行超过 {limit} 列。",
    "problem.import.no_header": "找不到表头。需要的列：{expected}。第一行内容是：{found}",
    "problem.import.no_rows": "只有表头，下面没有数据。",
    "problem.import.column_twice": "列“{column}”重复了。",
    "problem.import.column_meant": "未知的列“{column}”：是不是“{meant}”？",
    "problem.import.column_missing": "缺少列“{column}”。",
    "problem.import.cell_empty": "此单元格不能为空。",
    "problem.import.cell_damaged": "单元格内容已损坏：“{value}”。请重新输入。",
    "problem.import.cell_too_long": "文字超过 {limit} 个字符。",
    "problem.import.not_yes_or_no": "“{value}”既不是“是”也不是“否”。",
    "problem.import.not_a_number": "“{value}”不是数字。请写成 1234.5，不要用逗号。",
    "problem.import.too_many_decimals": "“{value}”的小数超过 {limit} 位。",
    "problem.import.number_too_large": "“{value}”太大。",
    "problem.import.not_above_zero": "“{value}”必须大于零。",
    "problem.import.not_a_line_number": "“{value}”不是行号：1、2、3……",
    "problem.import.not_a_date": "“{value}”不是日期。请写成 2026-11-22。",
    "problem.import.unknown_unit": "未知单位“{value}”。可用：{known}",
    "problem.import.list_too_long": "一个单元格内超过 {limit} 项。",
    "problem.import.unknown_word": "“{value}”不在可选值之内：{known}",
    "problem.import.unknown_word_meant": "未知的“{value}”：是不是“{meant}”？可选：{known}",
    "problem.import.key_twice": "“{value}”在第 {row} 行已出现。",
    "problem.import.value_taken": "“{value}”已属于 {other}。",
    "problem.import.same_unit_twice": "第二单位与第一单位相同（{value}）。",
    "problem.import.not_a_barcode": "“{value}”不能作条码：只能用字母 A–Z 和数字，最多 {limit} 位。",
    "problem.import.code_is_other_place": "“{value}”已是另一类库位（{role}）。",
    "problem.import.unknown_document_type": "“{value}”：没有这种单据。可用：{known}",
    "problem.import.unknown_right": "“{value}”不是权限：是不是“{meant}”？",
    "problem.import.order_disagrees": "订单 {order}：本行与第 {first} 行不一致。",
    "problem.import.unknown_supplier": "供应商“{value}”不存在。请先导入供应商。",
    "problem.import.unknown_item": "物料“{value}”不存在。请先导入物料。",
    "problem.import.unit_is_not_the_items": "物料 {item} 的单位是{unit}，不是{value}。",
    "problem.import.line_twice": "本订单的第 {value} 项在第 {first} 行已出现。",
    "problem.import.not_a_number_code": "“{value}”不是编号代码：两位 A–Z 或 0–9。",
    "problem.import.no_such_place": "“{value}”在这里不是{role}。请先导入库位。",
}

_REPORT = {
    "import.refused": "{kind}，厂区 {plant}：{errors} 处错误，没有写入任何数据",
    "import.dry_run": "{kind}，厂区 {plant}：检查通过；将新增 {new}，更改 {changed}，不变 {unchanged}",
    "import.written": "{kind}，厂区 {plant}：新增 {new}，更改 {changed}，不变 {unchanged}",
    "import.ignored": "未使用的列：{columns}",
}

WORDS = {**_REPORT, **_PROBLEMS, **{f"{key}.way_out": _WAY_OUT for key in _PROBLEMS}}
