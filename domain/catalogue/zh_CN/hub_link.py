"""Why the hub is not there, as the kiosk's frame says it: short, beside the age."""

WORDS = {
    "hub.starting": "还没有联系",
    "hub.timeout": "没有及时应答",
    "hub.no_connection": "连不上",
    "hub.not_the_hub": "应答的不是主机",
    "hub.not_understood": "应答看不懂",
    "hub.older_generation": "给的是旧数据",
    "hub.own_store": "本机没存下",
    "hub.refused": "主机没有收下",
    "hub.revoked": "本终端已停用",
    "hub.no_progress": "数据传不过去",
    "problem.screen_failed": "画面没能显示；已确认的都已存好",
    "problem.screen_failed.way_out": "请扫“首页”卡或点“重试”；仍不行请通知系统管理员",
}
