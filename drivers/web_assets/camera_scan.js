/**
 * The camera of a browser as a scanner: one trigger, one scan.
 *
 * A code counts when two looks in a row find it in the middle of the picture. It is handed over once, and not again
 * before it has been away for good, or the trigger is pulled anew; nor is another while one of that label is in view.
 * What is handed over is what the symbol holds, with the symbology identifier (ISO/IEC 15424) that a scanner would send.
 */
const WANTED = {
  audio: false,
  video: {
    facingMode: { ideal: "environment" },
    width: { ideal: 1280 },
    height: { ideal: 720 },
    advanced: [{ focusMode: "continuous" }],
  },
};
export const AIM = { width: 0.8, height: 0.7 }; // the middle of the picture, in which a code is aimed at
const LOOK_EVERY_MS = 60;
const LEFT_MS = 400; // nothing of a label found for so long: another may have taken its place
const GONE_MS = 1_500; // a code not found for so long was taken away, and did not only blur in a moving hand
const IDLE_MS = 90_000; // nothing found for so long: nobody scans, the camera goes off

/** Why the camera cannot be used; each has words under `camera_scan.` in the catalogue. By DOMException.name (W3C Media Capture). */
const TROUBLES = {
  NotAllowedError: "no_permission",
  SecurityError: "no_permission",
  NotFoundError: "no_camera",
  OverconstrainedError: "no_camera",
  NotReadableError: "in_use",
  AbortError: "in_use",
};

/** @returns {string} why this page can never use a camera; "" where it can */
function hindrance() {
  if (!globalThis.isSecureContext) return "not_secure"; // browsers give no camera to a page that came without https
  if (!navigator.mediaDevices?.getUserMedia || !globalThis.WebAssembly || !globalThis.Worker) return "old_browser";
  return "";
}

/** @returns {Promise<string>} why there is no camera to scan with; "" where there is one. Asks nobody for permission. */
export async function cameraTrouble() {
  const trouble = hindrance();
  if (trouble) return trouble;
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.some((one) => one.kind === "videoinput") ? "" : "no_camera";
  } catch {
    return "no_camera";
  }
}

export class CameraScanner {
  #video;
  #onCode;
  #onState;
  #canvas = document.createElement("canvas");
  #worker = null;
  #stream = null;
  #opening = 0; // counts: what was asked for before a close is not taken any more
  #candidate = ""; // found in the last look, and not yet handed over
  #held = new Map(); // what was in view with a code that was handed over, and when it was found last
  #lastMs = 0; // something new was found, or the trigger pulled
  #isHandingOver = false;
  #isTaken = false; // the label that was handed over is still in view

  /**
   * @param {HTMLVideoElement} video where the picture is shown
   * @param {(text: string, symbology: string) => Promise<boolean>} onCode takes a code; false: it was not taken
   * @param {(state: string) => void} onState "opening", "looking", "taken", "not_taken", "closed", or a trouble
   */
  constructor(video, onCode, onState) {
    this.#video = video;
    this.#onCode = onCode;
    this.#onState = onState;
    document.addEventListener("visibilitychange", () => document.hidden && this.close());
  }

  get isOpen() {
    return this.#stream !== null;
  }

  /** Pull the trigger: open the camera, or have what is in view read once more. */
  async pull() {
    this.#lastMs = performance.now();
    this.#held.clear();
    this.#candidate = "";
    this.#isTaken = false;
    if (this.isOpen) this.#onState("looking");
    else await this.#open();
  }

  close() {
    this.#stop();
    this.#onState("closed");
  }

  #stop() {
    this.#opening += 1;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
    this.#worker?.terminate();
    this.#worker = null;
  }

  #fail(trouble) {
    this.#stop();
    this.#onState(trouble);
  }

  async #open() {
    const trouble = hindrance();
    if (trouble) return this.#fail(trouble);
    const opening = (this.#opening += 1);
    this.#onState("opening");
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia(WANTED);
    } catch (error) {
      if (opening === this.#opening) this.#fail(TROUBLES[error.name] ?? "no_camera");
      return undefined;
    }
    if (opening !== this.#opening) {
      for (const track of stream.getTracks()) track.stop();
      return undefined;
    }
    this.#stream = stream;
    stream.getVideoTracks()[0].addEventListener("ended", () => this.#stream === stream && this.#fail("lost"));
    this.#video.srcObject = stream;
    this.#start();
    this.#onState("looking");
    return undefined;
  }

  #start() {
    const worker = new Worker(new URL("camera_decode.js", import.meta.url));
    this.#worker = worker;
    worker.onerror = () => this.#worker === worker && this.#fail("no_decoder");
    worker.onmessage = ({ data }) => {
      if (this.#worker !== worker) return;
      if (data.failed) this.#fail("no_decoder");
      else {
        this.#saw(data.codes);
        setTimeout(() => this.#look(worker), LOOK_EVERY_MS);
      }
    };
    this.#look(worker);
  }

  #look(worker) {
    if (this.#worker !== worker) return;
    if (performance.now() - this.#lastMs > IDLE_MS) {
      this.close();
      return;
    }
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (!width || this.#video.readyState < 2) {
      setTimeout(() => this.#look(worker), LOOK_EVERY_MS);
      return;
    }
    Object.assign(this.#canvas, { width, height });
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(this.#video, 0, 0, width, height);
    const picture = context.getImageData(0, 0, width, height);
    worker.postMessage(picture, [picture.data.buffer]);
  }

  /** @param {{text: string, symbology: string, x: number, y: number}[]} codes all that one look found */
  #saw(codes) {
    const now = performance.now();
    const key = (code) => `${code.symbology} ${code.text}`;
    const keys = codes.map(key);
    if (keys.some((one) => this.#held.has(one))) {
      for (const one of keys) this.#held.set(one, now); // the other code on the same label is not the next scan
    }
    if (now - Math.max(0, ...this.#held.values()) < LEFT_MS) return;
    if (this.#isTaken) {
      this.#isTaken = false;
      this.#onState("looking");
    }
    for (const [one, seenMs] of this.#held) if (now - seenMs >= GONE_MS) this.#held.delete(one);
    if (codes.length) this.#lastMs = now;
    const aimed = this.#aimedAt(codes);
    const isSure = aimed !== undefined && key(aimed) === this.#candidate;
    this.#candidate = aimed ? key(aimed) : "";
    if (!isSure || this.#isHandingOver) return;
    this.#candidate = "";
    for (const one of keys) this.#held.set(one, now);
    this.#handOver(aimed);
  }

  /** The code nearest to the middle; none that only shows at the edge. */
  #aimedAt(codes) {
    const { width, height } = this.#canvas;
    const off = (code) => [Math.abs(code.x / width - 0.5), Math.abs(code.y / height - 0.5)];
    const distance = (code) => Math.hypot(code.x - width / 2, code.y - height / 2);
    return codes
      .filter((code) => off(code)[0] <= AIM.width / 2 && off(code)[1] <= AIM.height / 2)
      .sort((one, other) => distance(one) - distance(other))[0];
  }

  async #handOver(code) {
    this.#isHandingOver = true;
    let isTaken = false;
    try {
      isTaken = await this.#onCode(code.text, code.symbology);
    } catch {
      isTaken = false; // whoever takes codes is away: the words say so
    }
    this.#isHandingOver = false;
    this.#isTaken = isTaken;
    if (this.isOpen) this.#onState(isTaken ? "taken" : "not_taken");
  }
}
