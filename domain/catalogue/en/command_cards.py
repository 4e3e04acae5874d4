"""What the command cards do, as the command sheet says it; their names are in `answers.py`."""

WORDS = {
    "command.DONE.hint": "This step is finished",
    "command.UNDO.hint": "Takes back my last line",
    "command.YES.hint": "Answers yes",
    "command.NO.hint": "Answers no",
    "command.ACCEPT.hint": "The goods are right",
    "command.REJECT.hint": "The goods go back",
    "command.BREAK.hint": "A break begins or ends",
    "command.HELP.hint": "Somebody come and help",
    "command.PRINT.hint": "The last label once more",
    "command.HOME.hint": "Back to the first page",
}
