"""The plant's own label templates: what they are called, and why one is not taken."""

WORDS = {
    "object.label_templates": "Label templates",
    "object.label_templates.code": "Stands in for",
    "object.label_templates.text": "Template (TOML)",
    "problem.label_template.no_such": "No label is called {subject}: there are {detail}.",
    "problem.label_template.no_such.way_out": "Take one of these names",
    "problem.label_template.not_toml": "Line {line} cannot be read: {detail}",
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
}
