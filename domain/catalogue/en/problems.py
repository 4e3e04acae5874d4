"""Problems of the work: what was scanned, which rule stands against it, and the next move."""

WORDS = {
    "problem.unknown_code": "{code} is not known here: no record has this number",
    "problem.unknown_code.way_out": (
        "Check the label; if it is new goods or a new order, ask the office to register it first"
    ),
    "problem.wrong_here": "{code} is a {what}: of no use in this step",
    "problem.wrong_here.way_out": "Look at the large line and scan what it asks for",
    "problem.document_not_open": "Document {document} takes no more lines",
    "problem.document_not_open.way_out": "Go home and open a new document",
    "problem.document_has_lines": "Document {document} has lines and cannot be voided",
    "problem.document_has_lines.way_out": "Undo its lines first, or finish it",
    "problem.no_right": "{name} has no right to {right}",
    "problem.no_right.way_out": (
        "Let an entitled person show their badge, or ask the supervisor for the right"
    ),
    "problem.form_too_long": "Too many scans for one line: {most} at most",
    "problem.form_too_long.way_out": "Touch Clear line and scan it again",
    "problem.not_on_order": "Order {order} does not name item {item}",
    "problem.not_on_order.way_out": (
        "Check the delivery note; set goods that were not ordered aside and tell purchasing"
    ),
    "problem.order_in_other_unit": "Order {order} counts in {unit}: the units differ",
    "problem.order_in_other_unit.way_out": "Weigh or count in the unit of the order, then enter it",
    "problem.over_ceiling": (
        "Order {order} asks for {ordered}; this would make {total}, above the ceiling ({ceiling})"
    ),
    "problem.over_ceiling.way_out": (
        "Do not take the surplus: change the quantity, or ask purchasing to change the order"
    ),
    "problem.over_ordered": (
        "Order {order} asks for {ordered}; with this it will be {total}: more than ordered"
    ),
    "problem.over_ordered.way_out": "If the quantity is right, say yes; else say no and count again",
    "problem.nothing_to_finish": "Document {document} has nothing to finish yet",
    "problem.nothing_to_finish.way_out": "Scan a first line, or go home",
    "problem.line_unfinished": "The line at hand is not complete and will be dropped",
    "problem.line_unfinished.way_out": "To keep it, say no and complete the line",
    "problem.nothing_to_approve": "Document {document} is not waiting for approval",
    "problem.nothing_to_approve.way_out": "It may be approved already: look at the home screen",
    "problem.own_work": "{name} worked on this document and cannot approve it",
    "problem.own_work.way_out": "Let another entitled person show their badge",
    "problem.own_badge": "{name} is the operator: another person must sign",
    "problem.own_badge.way_out": "Let another entitled person show their badge",
    "problem.unknown_badge": "This badge is not registered",
    "problem.unknown_badge.way_out": "Use another badge, or ask the supervisor to register it",
    "problem.nothing_to_undo": "There is no line of yours to undo in this document",
    "problem.nothing_to_undo.way_out": "Everyone undoes only their own lines",
    "problem.undo_too_far": "Only the latest {most} lines can be undone",
    "problem.undo_too_far.way_out": "Ask the supervisor to correct it by an adjustment",
    "problem.unreadable_code": "The code {code} is damaged or misprinted",
    "problem.unreadable_code.way_out": (
        "Scan it again; if it still fails, scan another code or reprint the label"
    ),
    "problem.unknown_control": "The command card {code} is not known",
    "problem.unknown_control.way_out": (
        "Use the command cards of this station, or the buttons on the screen"
    ),
    "problem.scanner_case": "The scanner swaps capitals and small letters: {code}",
    "problem.scanner_case.way_out": "Turn Caps Lock off, or scan Case unchanged in the scanner's manual",
    "problem.scanner_layout": "The scanner types for another keyboard ({layout}): {code}",
    "problem.scanner_layout.way_out": "Set the scanner to the US keyboard and switch the input method off",
    "problem.not_a_choice": "{text} is not one of the choices of {field}",
    "problem.not_a_choice.way_out": "Choose from the list",
    "problem.two_lots": "Two lots in one line: {first} and {second}",
    "problem.two_lots.way_out": "One lot a line; if it was a mistake, clear the line",
    "problem.two_units": "Two rolls or packages in one line: {first} and {second}",
    "problem.two_units.way_out": "Complete the first one, then scan the next",
    "problem.two_items": "Two items in one line: {first} and {second}",
    "problem.two_items.way_out": "Complete the first one; if it was a mistake, clear the line",
    "problem.two_quantities": "This line has two quantities: {first} and {second}",
    "problem.two_quantities.way_out": "Finish the line in hand before the next scan; to change it, use the number pad",
    "problem.already_received": (
        "{unit} was received before: {time}, by {name}, document {document}, put at {place}"
    ),
    "problem.already_received.way_out": (
        "If two pieces carry the same label, print a new label for this one"
    ),
    "problem.unknown_unit": "Roll or package {unit} is not in our stock",
    "problem.unknown_unit.way_out": "Receive it first, or scan the item and lot instead",
    "problem.place_on_hold": "Place {place} is on hold",
    "problem.place_on_hold.way_out": "Use another place",
    "problem.place_not_fitting": "{place} is {role}: it cannot be the {field}",
    "problem.place_not_fitting.way_out": "Scan a place that fits",
    "problem.unknown_place": "There is no place {place}",
    "problem.unknown_place.way_out": "Check the place label; a new place must be registered first",
    "problem.not_a_quantity": "{text} is not a quantity",
    "problem.not_a_quantity.way_out": "Use the number pad, for example 12.5",
    "problem.quantity_out_of_bounds": "{text} cannot be: more than 0 and at most {most}",
    "problem.quantity_out_of_bounds.way_out": "Look at the quantity and enter it again",
    "problem.text_too_long": "Too long: {most} characters at most",
    "problem.text_too_long.way_out": "Enter only the number on the paper",
    "problem.unknown_item": "Item {code} is not registered",
    "problem.unknown_item.way_out": "Scan our own item code, or ask the office to register this one",
    "problem.unknown_plan": "There is no order {number}",
    "problem.unknown_plan.way_out": (
        "Check the number; wait for new orders to arrive here, or receive without one by countersign"
    ),
    "problem.plan_closed": "Order {number} is closed",
    "problem.plan_closed.way_out": "Ask purchasing to open it again, or scan another order",
    "problem.already_there": "The goods are at {place} already",
    "problem.already_there.way_out": "Scan another place to move them to",
    "problem.other_warehouse": "{source} and {target} are two warehouses: a location move stays in one",
    "problem.other_warehouse.way_out": "Use a warehouse transfer between warehouses",
    "problem.place_is_empty": "By the book {place} is empty",
    "problem.place_is_empty.way_out": "Check the place; if goods lie there, count it",
    "problem.more_than_on_hand": "By the book {place} holds {known}; {moved} are to be moved",
    "problem.more_than_on_hand.way_out": "If the goods are really there, say yes",
    "problem.units_have_labels": "{item} at {place} has labels of our own",
    "problem.units_have_labels.way_out": "Say no, then scan our own label on the goods, not the supplier's",
    "problem.already_counted": "{unit} was counted before: {time}, by {name}",
    "problem.already_counted.way_out": "Go on with the next one",
    "problem.recount_advised": "{count} counts are far from the book: a recount is advised",
    "problem.recount_advised.way_out": "Say no to count again; say yes if you are sure",
    "problem.empty_code": "The code is empty",
    "problem.empty_code.way_out": "Scan again; if it stays so, use another label",
    "problem.code_too_long": "The code is too long: {length} characters, {limit} at most",
    "problem.code_too_long.way_out": "This is none of our codes: scan another one on the label",
    "problem.control_characters": "The code has characters that cannot be used ({characters})",
    "problem.control_characters.way_out": "Scan it again; if it still fails, reprint the label",
    "problem.recogniser_failed": "Our reading of this code failed ({format}: {error})",
    "problem.recogniser_failed.way_out": (
        "Nothing was recorded; enter it by hand and tell the system's keeper"
    ),
    "problem.no_account": "{document} needs {role} here, and this station has none",
    "problem.no_account.way_out": "Ask the office to enter it with this station",
    "problem.not_accepted": "{place} is the receiving area: these goods are not accepted yet",
    "problem.not_accepted.way_out": "Put them away first, or let whoever receives accept them",
    "problem.two_grades": "This unit is {first}, not {second}",
    "problem.two_grades.way_out": "A grade is changed by a document of its own",
    "problem.unknown_owner": "{code} is nobody goods can belong to",
    "problem.unknown_owner.way_out": "Choose from the list",
    "problem.two_owners": "This unit belongs to {first}, not to {second}",
    "problem.two_owners.way_out": "Clear the line and scan the unit alone",
    "problem.not_in_unit": "{item} is not in {unit}",
    "problem.not_in_unit.way_out": "Look up the package to see what is in it",
    "problem.other_goods_on_order": "{order} names other goods of {item} than {what}",
    "problem.other_goods_on_order.way_out": "Scan the goods it names, or leave these aside",
    "problem.below_plan": "{order} is not complete: {count} lines short, {item} lacks {left}",
    "problem.below_plan.way_out": "Say no to go on scanning; say yes if there is no more",
    "problem.below_plan_refused": "{order} has to be complete: {count} lines short, {item} lacks {left}",
    "problem.below_plan_refused.way_out": "Scan what is missing; what cannot be found goes to the supervisor",
}
