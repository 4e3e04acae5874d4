// Writes ESC/POS with receiptline. In: JSON {receipt, printer}. Out: the bytes.
const receiptline = require("receiptline");

const { receipt, printer } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
process.stdout.write(Buffer.from(receiptline.transform(receipt, printer), "binary"));
