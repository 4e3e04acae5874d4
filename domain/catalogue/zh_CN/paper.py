"""Work that went on without the kiosk's program: scans kept in safe mode."""

WORDS = {
    "board.event.ScanKept": "安全模式下留存的扫描",
    "board.discrepancy.scan_kept": "安全模式下留存的扫描",
    "desk.cause.scan_kept": "终端 {device} 在 {time} 没有正常启动，留存了扫描 {text}，没有记账。",
    "desk.cause.scan_kept.settings": (
        "终端 {device} 在 {time} 设置有误，留存了扫描 {text}，没有记账。{detail}"
    ),
    "desk.cause.scan_kept.start": "终端 {device} 在 {time} 无法启动，留存了扫描 {text}，没有记账。{detail}",
    "desk.cause.scan_kept.program": "终端 {device} 在 {time} 程序出错，留存了扫描 {text}，没有记账。{detail}",
    "desk.advice.scan_kept": "问清当时谁在那里做什么，用“补录纸单”补上。",
}
