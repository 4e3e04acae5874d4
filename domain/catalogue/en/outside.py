"""The page for people outside who were sent goods, and what comes of their answers."""

WORDS = {
    "outside.title": "Goods sent to you",
    "outside.invite": "Link for the subcontractor's gate",
    "outside.invite_lead": (
        "Whoever scans this sees what {number} sent, and answers what came. It serves for {days} days."
    ),
    "outside.invite_once": (
        "It opens this one page and nothing else. What came is answered once, what comes back is "
        "announced once."
    ),
    "outside.due": "due {day}",
    "outside.came": "came",
    "outside.how": "How did it come?",
    "outside.condition.good": "In good order",
    "outside.condition.damaged": "Damaged",
    "outside.condition.wet": "Wet or dirty",
    "outside.condition.wrong_goods": "Other goods",
    "outside.name": "Your name",
    "outside.note": "Remark",
    "outside.confirm": "This is what came",
    "outside.once": "A field left empty means: all of it came. You answer once.",
    "outside.back": "Goods on their way back",
    "outside.packages": "How many packages",
    "outside.packages_back": "{packages} packages on their way back",
    "outside.announce": "They are on their way",
    "outside.not_ours": "This link opens nothing. Ask whoever sent the goods for a new one.",
    "outside.over": "This link is over. Ask whoever sent the goods for a new one.",
    "outside.taken_back": "What this link was for was taken back. Ask whoever sent the goods.",
    "outside.answered": "This was answered already; below is what was said.",
    "outside.no_name": "Type your name, so that we know who answered.",
    "outside.no_condition": "Choose how the goods came.",
    "outside.no_act": "Nothing was sent; touch the button again.",
    "rights.subject.outside": "Links for people outside",
    "right.invite": "invite",
    "board.code.outside_twice": "answered twice outside",
    "board.discrepancy.outside_differs": "Came otherwise than sent",
    "board.discrepancy.outside_twice": "Answered twice outside",
    "desk.cause.outside_differs": (
        "{person} says of {document}: it came “{condition}”, and {lines} lines not as they were sent."
    ),
    "desk.advice.outside_differs": (
        "Ask the carrier and the subcontractor, agree on what came, and put the document right or accept it."
    ),
    "desk.cause.outside_twice": "Two answers came for {name}; the first one counts.",
    "desk.advice.outside_twice": "Compare the two, and tell whoever was wrong.",
    "outside.more_than_sent": "{value} is more than was sent; look at the number again.",
}
