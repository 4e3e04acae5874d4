"""Lamps, and what is said aloud of an answer."""

WORDS = {
    "frame.lamp": "信号灯",
    "device.lamp.ready": "正常",
    "device.lamp.lost": "断开",
    "device.lamp.searching": "正在寻找",
    "device.lamp.error": "故障",
    "verdict.stored": "已记录",
    "verdict.look": "请看屏幕",
    "verdict.refused": "不能收",
    "verdict.fault": "系统故障，没有记录",
    "button.volume": "音量 {volume}%",
    "said.volume": "现在的音量：{volume}%",
}
