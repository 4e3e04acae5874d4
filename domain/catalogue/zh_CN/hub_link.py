"""中枢为何不通，终端状态栏上的话。"""

WORDS = {
    "hub.unreachable": "连不上中枢：照常扫描，稍后自动补传",
    "hub.not_ours": "应答的不是本厂中枢：请通知系统管理员",
    "hub.not_understood": "看不懂中枢的应答：请通知系统管理员",
    "hub.not_kept": "中枢发来的数据没能存下",
    "hub.identity": "中枢不认本终端的密钥：请重新登记终端",
    "hub.too_large": "中枢要求分小批发送",
    "hub.busy": "中枢忙：稍后再试",
    "hub.failed": "中枢出错：稍后再试",
    "hub.no_progress": "中枢有应答，但数据传不过去：请通知系统管理员",
    "problem.screen_failed": "画面没能显示；已确认的都已存好",
    "problem.screen_failed.way_out": "请扫“主页”卡或点“重试”；仍不行请通知系统管理员",
}
