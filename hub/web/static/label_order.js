// The label that is being ordered, beside its fields.
"use strict";

const orderForm = at("office-form");
const draw = () => drawLabel("/office/label_orders/preview", new URLSearchParams(new FormData(orderForm)));
orderForm.addEventListener("input", () => atRest(draw));
draw();
