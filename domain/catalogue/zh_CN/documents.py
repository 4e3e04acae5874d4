"""Documents: their titles, states and the rights on them."""

WORDS = {
    "document.CS": "采购收货",
    "document.YW": "移位",
    "document.PD": "盘点",
    "document.status.draft": "草稿",
    "document.status.open": "进行中",
    "document.status.submitted": "待审核",
    "document.status.closed": "结案",
    "document.status.void": "作废",
    "plan.purchase_order": "采购订单",
    "right.see": "查看",
    "right.add": "录入",
    "right.modify": "修改",
    "right.delete": "删除",
    "right.print": "打印",
    "right.paper": "补录纸单",
    "right.approve": "审核",
    "right.CS.approve": "采购收货审核",
    "right.unapprove": "反审核",
    "plan.receipt": "采购收货单",
}
