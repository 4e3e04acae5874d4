/** The worker that finds codes in pictures. It loads its decoder from where it was loaded itself, and nothing else. */
importScripts("zxing_reader.js");

/** What our labels carry (labels/symbologies), and what shops print (domain/barcodes/ean.py). Nothing else is read. */
const FORMATS = ["Code128", "Code39Std", "EAN13", "EAN8", "UPCA", "UPCE", "ITF14", "QRCodeModel2", "DataMatrix"];
const ITF14_DIGITS = 14;
const HOW = {
  formats: FORMATS,
  tryHarder: true,
  tryRotate: true,
  tryInvert: false,
  minLineCount: 4, // so many lines of a linear code must say the same: two were seen to agree on a wrong one
  maxNumberOfSymbols: 8,
  textMode: "Plain", // as it is: FNC1 between elements is GS (0x1D)
};

const ready = ZXingWASM.prepareZXingModule({
  overrides: { locateFile: (name) => new URL(name, self.location.href).href },
  fireImmediately: true,
});

onmessage = async ({ data: picture }) => {
  try {
    await ready;
    const found = await ZXingWASM.readBarcodes(picture, HOW);
    postMessage({ codes: found.filter(isWhole).map(code) });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
};

/** Any shorter part of an Interleaved 2 of 5 may pass for one: only the 14 digits of an ITF-14 are believed. */
function isWhole({ isValid, text, symbology }) {
  return isValid && text !== "" && (symbology !== "ITF" || text.length === ITF14_DIGITS);
}

function code({ text, symbologyIdentifier, position }) {
  const corners = [position.topLeft, position.topRight, position.bottomRight, position.bottomLeft];
  const middle = (axis) => corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length;
  return { text, symbology: symbologyIdentifier, x: middle("x"), y: middle("y") };
}
