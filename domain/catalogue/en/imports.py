"""What an import says about a file, in English."""

_WAY_OUT = "Correct the file and import it again; nothing was written."

_PROBLEMS = {
    "problem.import.file_too_large": "The file is larger than {limit}. Split it.",
    "problem.import.empty": "The file is empty.",
    "problem.import.unreadable": "The file cannot be read (row {row}): {reason}. Save it again as XLSX or CSV.",
    "problem.import.too_many_rows": "More than {limit} rows. Split the file.",
    "problem.import.too_many_columns": "Row {row} has more than {limit} columns.",
    "problem.import.no_header": "No header row found. Needed are: {expected}. The first row says: {found}",
    "problem.import.no_rows": "There is a header and nothing below it.",
    "problem.import.column_twice": "The column “{column}” is there twice.",
    "problem.import.column_meant": "Unknown column “{column}”: did you mean “{meant}”?",
    "problem.import.column_missing": "The column “{column}” is missing.",
    "problem.import.cell_empty": "This cell must not be empty.",
    "problem.import.cell_damaged": "The cell is damaged: “{value}”. Type it again.",
    "problem.import.cell_too_long": "The text is longer than {limit} characters.",
    "problem.import.not_yes_or_no": "“{value}” is neither yes nor no.",
    "problem.import.not_a_number": "“{value}” is not a number. Write it like 1234.5, without commas.",
    "problem.import.too_many_decimals": "“{value}” has more than {limit} decimals.",
    "problem.import.number_too_large": "“{value}” is too large.",
    "problem.import.not_above_zero": "“{value}” is not above zero.",
    "problem.import.not_a_line_number": "“{value}” is not a line number: 1, 2, 3 …",
    "problem.import.not_a_date": "“{value}” is not a date. Write it like 2026-11-22.",
    "problem.import.unknown_unit": "Unknown unit “{value}”. Known are: {known}",
    "problem.import.list_too_long": "More than {limit} entries in one cell.",
    "problem.import.unknown_word": "“{value}” is not one of: {known}",
    "problem.import.unknown_word_meant": "“{value}” is not known: did you mean “{meant}”? Possible are: {known}",
    "problem.import.key_twice": "“{value}” stands in row {row} already.",
    "problem.import.value_taken": "“{value}” belongs to {other} already.",
    "problem.import.same_unit_twice": "The second unit is the same as the first ({value}).",
    "problem.import.not_a_barcode": "“{value}” cannot be a barcode: letters A–Z and digits only, at most {limit}.",
    "problem.import.code_is_other_place": "“{value}” is a place of another kind already ({role}).",
    "problem.import.unknown_document_type": "“{value}”: no such document type. Known are: {known}",
    "problem.import.unknown_right": "“{value}” is not a right: did you mean “{meant}”?",
    "problem.import.order_disagrees": "Order {order}: this row says something else than row {first}.",
    "problem.import.unknown_supplier": "Supplier “{value}” is not known. Import the suppliers first.",
    "problem.import.unknown_item": "Item “{value}” is not known. Import the items first.",
    "problem.import.unit_is_not_the_items": "Item {item} is not kept in {value} but in {unit}.",
    "problem.import.line_twice": "Line {value} of this order stands in row {first} already.",
    "problem.import.not_a_number_code": "“{value}” is not a number code: two characters A–Z 0–9.",
    "problem.import.no_such_place": "“{value}” is not {role} here. Import the places first.",
}

_REPORT = {
    "import.refused": "{kind}, plant {plant}: {errors} mistakes, nothing was written",
    "import.dry_run": "{kind}, plant {plant}: in order; would add {new} and change {changed}, {unchanged} unchanged",
    "import.written": "{kind}, plant {plant}: {new} new, {changed} changed, {unchanged} unchanged",
    "import.ignored": "Columns not used: {columns}",
}

WORDS = {**_REPORT, **_PROBLEMS, **{f"{key}.way_out": _WAY_OUT for key in _PROBLEMS}}
