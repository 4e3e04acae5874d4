"""The plant's own label templates: what they are called, and why one is not taken."""

WORDS = {
    "object.label_templates": "Label templates",
    "object.label_templates.code": "Stands in for",
    "object.label_templates.text": "Template (TOML)",
    "problem.label_template.no_such": "No label is called {subject}: there are {detail}.",
    "problem.label_template.no_such.way_out": "Take one of these names",
    "problem.label_template.not_toml": "Line {line}, column {place}: {mistake} ({detail})",
    "problem.label_template.not_toml.way_out": "Correct that line",
    "problem.label_template.not_a_template": "This is no template: {detail}",
    "problem.label_template.not_a_template.way_out": "Correct it, or begin again with the shipped template",
    "problem.label_template.field_gone": "Kiosks fill in {subject}: declare that field, even if nothing prints it.",
    "problem.label_template.field_gone.way_out": "Copy the field from the shipped template",
    "problem.label_template.field_needed": "The field {subject} may not be required: kiosks do not always fill it in.",
    "problem.label_template.field_needed.way_out": "Take required away from the field",
    "problem.label_template.field_changed": "Kiosks fill in {subject}: that field must keep its kind and its choices.",
    "problem.label_template.field_changed.way_out": "Copy the field from the shipped template",
    "problem.label_template.not_fit": "The sample label must not be printed at {dots} dots per mm: {finding}.",
    "problem.label_template.not_fit.way_out": "Give the code more room, or its sample another value",
    "label_editor.preview": "Preview",
    "label_editor.dots": "Printer",
    "label_editor.dots.8": "203 dpi",
    "label_editor.dots.12": "300 dpi",
    "label_editor.spoken": "Language",
    "label_editor.spoken.both": "Both",
    "label_editor.spoken.zh-CN": "Chinese",
    "label_editor.spoken.en": "English",
    "label_editor.begin": "Begin with",
    "label_editor.help": (
        "Drawn from the samples of its fields, dot for dot as it is printed. Press a problem to go to its line. "
        "Disabled, the shipped label is printed again."
    ),
    "label_editor.picture": "Bring in a picture",
    "problem.label_template.no_picture": "This file cannot be a picture on a label: {detail}",
    "problem.label_template.no_picture.way_out": "Choose another file",
    "problem.template_not_understood": (
        "{label}: the plant's own label cannot be printed here; the shipped one comes out"
    ),
    "problem.template_not_understood.way_out": "Go on working; the office sees it and changes the template",
    "board.discrepancy.own_label_unprinted": "Own label not printed",
    "desk.cause.own_label_unprinted": (
        "Kiosk {device} cannot print by the plant's own template ({label}) and prints the shipped label: {detail}"
    ),
    "desk.advice.own_label_unprinted": (
        "Open the label under Label templates: what that version cannot do is named there once it is saved again; "
        "or bring kiosk and hub to the same version."
    ),
    "desk.reason.template_changed": "The template was changed",
    "desk.reason.kiosk_updated": "The kiosk was updated",
    "label_editor.values": "Look at it with",
    "label_editor.values_help": "What is typed here is only shown, never saved. Empty: the sample.",
    "label_editor.versions": "Versions",
    "label_editor.as_saved": "As saved now",
    "label_editor.versions_help": (
        "A version goes into the text; nothing is changed until you save. Every version is kept."
    ),
    "label_template.toml.value": "what stands behind = is no value: a text needs quotation marks, a number none",
    "label_template.toml.equals": "a name needs = behind it",
    "label_template.toml.name": "a line begins with a name, with [ or with #",
    "label_template.toml.bracket": "a bracket is not closed: [ ], [[ ]] or { }",
    "label_template.toml.quote": "a quotation mark is missing at the end of the text",
    "label_template.toml.backslash": "a backslash in a text is written twice: \\\\",
    "label_template.toml.twice": "this name is there already",
    "label_template.toml.line_end": "this does not belong on that line any more: begin a new line",
    "label_template.toml.character": "an invisible character stands there: type the line anew",
    "label_template.toml.other": "this is not understood",
}
