"""PINs and badges: asked for at the kiosk, set at the office, and what shows that they went into other hands."""

WORDS = {
    "ask.pin": "{name}: type your PIN",
    "pin.title": "PIN",
    "pin.type": "Type your PIN",
    "pin.hint": "Only its owner types it; it is shown nowhere. Another badge, or Cancel, leaves this",
    "pin.act.approve": "Approve {document}",
    "pin.act.take_back": "Take back {document}",
    "pin.act.countersign": "Countersign {document}",
    "problem.pin_wrong": "This is not the PIN of {name}",
    "problem.pin_wrong.way_out": "Type it again; after {left} more wrong ones one has to wait",
    "problem.pin_wait": "{tries} wrong PINs for {name}: the next one is looked at in {seconds} s",
    "problem.pin_wait.way_out": (
        "Everybody else goes on working. Forgotten? Set a new one at the hub, page Your sign-on, "
        "or ask who looks after the users"
    ),
    "problem.pin_locked": "{tries} wrong PINs for {name}: this PIN serves no more here",
    "problem.pin_locked.way_out": (
        "Set a new one at the hub, page Your sign-on, or ask who looks after the users; "
        "tell the supervisor if it was not you"
    ),
    "problem.pin_lacking": "{name} has no PIN, and this needs one",
    "problem.pin_lacking.way_out": (
        "Set one at the hub, page Your sign-on; this kiosk knows it once it has heard the hub. "
        "Or let another entitled person do it"
    ),
    "problem.pin_not_yes": "This needs a PIN, not a yes",
    "problem.pin_not_yes.way_out": "Type the PIN on the pad, or touch Cancel",
    "pin.flaw.digits": "A PIN is {least} to {most} digits",
    "pin.flaw.easy": "Anybody would try this one first; choose another",
    "pin.flaw.different": "The two PINs are not the same; type both again",
    "pin.flaw.wrong": "The password is not right",
    "account.pin": "PIN for the kiosks",
    "account.pin.lead": "Asked for at a kiosk when you approve, countersign or take back.",
    "account.pin.is_set": "You have one.",
    "account.pin.none": "You have none yet.",
    "account.pin.new": "The new PIN ({least} to {most} digits)",
    "account.pin.again": "The new PIN again",
    "account.pin.set": "Set it",
    "account.told.pin": "Your PIN is set; each kiosk asks for it once it has heard the hub.",
    "board.event.PinAccepted": "PIN accepted",
    "board.event.PinRefused": "Wrong PIN",
    "board.discrepancy.pin_guessed": "PIN guessed at",
    "desk.cause.pin_guessed": (
        "{name}: one wrong PIN after the other was typed for this person; the events say at which kiosk."
    ),
    "desk.advice.pin_guessed": (
        "Ask the owner. If it was somebody else: give a new PIN and a new badge, and see who stood at that "
        "kiosk then."
    ),
    "board.discrepancy.badge_twice": "Badge at two places at once",
    "desk.cause.badge_twice": (
        "Somebody worked with the badge of {person} at kiosk {one} and at kiosk {other}, in another "
        "warehouse, at the same time: {minutes} min from {since}."
    ),
    "desk.advice.badge_twice": (
        "Ask the owner where they were. The other one worked under a name left signed on, or with a copy: "
        "give a new badge, and look at what was recorded there."
    ),
}
