"""Closing a month, in Chinese."""

WORDS = {
    "month.title": "月结",
    "month.lead": "已结账的月份数字不再变动；迟到的单据计入下一个月。",
    "month.close": "结账：本月及以前各月",
    "month.told.closed": "本月已结账。",
    "month.told.stored": "已保存，待前面的单据记账后生效。",
    "month.refused.no_month": "{period} 不是月份：请写成 2026-10。",
    "month.refused.not_over": "{period} 还没有结束：下个月开始后才能结账。",
    "month.refused.closed": "{period} 已经结账。",
    "month.refused.no_right": "没有结账：结账的人需要权限 month.close。",
}
