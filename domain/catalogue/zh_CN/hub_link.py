"""中枢为何不通，终端状态栏上的话。"""

WORDS = {
    "hub.starting": "还没有联系",
    "hub.timeout": "中枢没有及时应答：照常扫描，稍后自动补传",
    "hub.no_connection": "连不上中枢：照常扫描，稍后自动补传",
    "hub.not_the_hub": "应答的不是本厂中枢：请通知系统管理员",
    "hub.not_understood": "看不懂中枢的应答：请通知系统管理员",
    "hub.older_generation": "中枢给的是旧数据：请通知系统管理员",
    "hub.own_store": "中枢发来的数据没能存到本机",
    "hub.refused": "中枢没有收下：请通知系统管理员",
    "hub.no_progress": "中枢有应答，但数据传不过去：请通知系统管理员",
    "problem.screen_failed": "画面没能显示；已确认的都已存好",
    "problem.screen_failed.way_out": "请扫“主页”卡或点“重试”；仍不行请通知系统管理员",
}
