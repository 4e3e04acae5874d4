"""What the command cards do, as the command sheet says it; their names are in `answers.py`."""

WORDS = {
    "command.DONE.hint": "这一步做完了",
    "command.UNDO.hint": "撤销我的上一行",
    "command.YES.hint": "回答：是",
    "command.NO.hint": "回答：否",
    "command.ACCEPT.hint": "这些货可以",
    "command.REJECT.hint": "这些货不行",
    "command.BREAK.hint": "休息，或休息完",
    "command.HELP.hint": "叫人来帮忙",
    "command.PRINT.hint": "再打印上一个标签",
    "command.HOME.hint": "回到首页",
}
