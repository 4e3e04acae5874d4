"""Labels printed again in ranges and copies."""

WORDS = {
    "field.label_copies": "Copies",
    "field.label_first": "From label",
    "field.label_last": "To label",
    "button.label_to_end": "To the end",
    "button.label_all": "All of them",
    "ask.label_range": "Scan the label to begin with, or type its number",
    "said.labels_requested": "{count} labels sent to the printer",
    "label.progress": "{out} of {total} printed",
    "screen.reprint.one_of": "Label {first} of {total}",
    "screen.reprint.some_of": "Labels {first} to {last} of {total}",
    "problem.label_copies": "{count} copies cannot be printed at once",
    "problem.label_copies.way_out": "Type 1 to {most}",
    "problem.label_number": "There is no label {number} in this batch",
    "problem.label_number.way_out": "It has the labels 1 to {most}",
}
