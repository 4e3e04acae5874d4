"""PINs and badges: asked for at the kiosk, set at the office, and what shows that they went into other hands."""

WORDS = {
    "ask.pin": "{name}：请输入PIN码",
    "pin.title": "PIN码",
    "pin.type": "请输入PIN码",
    "pin.hint": "只由本人输入，任何地方都不显示。刷其他工牌或点“取消”即可离开",
    "pin.act.approve": "审核 {document}",
    "pin.act.take_back": "反审核 {document}",
    "pin.act.countersign": "会签 {document}",
    "problem.pin_wrong": "这不是 {name} 的PIN码",
    "problem.pin_wrong.way_out": "请重新输入；再错 {left} 次后须等待",
    "problem.pin_wait": "{name} 的PIN码已输错 {tries} 次：{seconds} 秒后才能再试",
    "problem.pin_wait.way_out": "其他人可继续操作。忘记PIN码？请在主机的“我的账户”页面重设，或找管理用户的人员",
    "problem.pin_locked": "{name} 的PIN码已输错 {tries} 次：此PIN码在本终端不再有效",
    "problem.pin_locked.way_out": "请在主机的“我的账户”页面重设，或找管理用户的人员；如非本人所为，请告知主管",
    "problem.pin_lacking": "{name} 没有PIN码，此操作需要PIN码",
    "problem.pin_lacking.way_out": (
        "请在主机的“我的账户”页面设置；本终端与主机连通后即可使用。也可由其他有权人员审核"
    ),
    "problem.pin_not_yes": "此处需要PIN码，不能用“是”回答",
    "problem.pin_not_yes.way_out": "请在键盘上输入PIN码，或点“取消”",
    "pin.flaw.digits": "PIN码为 {least} 至 {most} 位数字",
    "pin.flaw.easy": "此PIN码太容易猜到，请换一个",
    "pin.flaw.different": "两次输入的PIN码不一致，请重新输入",
    "pin.flaw.wrong": "密码不正确",
    "account.pin": "终端PIN码",
    "account.pin.lead": "在终端审核、会签或反审核时需要输入。",
    "account.pin.is_set": "您已设置PIN码。",
    "account.pin.none": "您还没有PIN码。",
    "account.pin.new": "新PIN码（{least} 至 {most} 位数字）",
    "account.pin.again": "再次输入新PIN码",
    "account.pin.set": "设置",
    "account.told.pin": "PIN码已设置；各终端与主机连通后即会要求输入。",
    "board.event.PinAccepted": "PIN码通过",
    "board.event.PinRefused": "PIN码错误",
    "board.discrepancy.pin_guessed": "有人试猜PIN码",
    "desk.cause.pin_guessed": "{name}：有人为此人连续输入错误的PIN码；在哪个终端见相关记录。",
    "desk.advice.pin_guessed": "询问本人。如非本人所为：换发PIN码和工牌，并查明当时谁在该终端。",
    "board.discrepancy.badge_twice": "工牌同时在两处",
    "desk.cause.badge_twice": (
        "有人用 {person} 的工牌同时在终端 {one} 和另一仓库的终端 {other} 操作：自 {since} 起 {minutes} 分钟。"
    ),
    "desk.advice.badge_twice": (
        "询问本人当时在哪里。另一处有人在其未退出的名下操作，或使用了复制的工牌：换发工牌，并核对那里的记录。"
    ),
}
