// The live portrait: a picture that the desk's camera takes of the citizen. It goes with the application and is kept nowhere.

import { at, say } from "./dom.js";
import { t } from "./strings.js";

const SIDE = 1_024; // pixels of the longer side
const LONGEST = 400_000; // bytes of one picture, as the station takes it
const QUALITIES = [0.9, 0.8, 0.65, 0.5, 0.3];

let isThere = false;
let stream = null; // while the camera looks
let picture = null; // what was taken: `content` in base64, `url` for the page
let said = null; // a key of the catalogue
let changed = () => {};

/** The picture as the application carries it; undefined without one. */
export const attachments = () => (picture ? [{ mediaType: "image/jpeg", content: picture.content }] : undefined);

/** Forgets the picture, and lets the camera go. */
export function wipe() {
  stop();
  drop();
  said = null;
}

function drop() {
  if (picture) URL.revokeObjectURL(picture.url);
  picture = null;
  at("camera-picture").removeAttribute("src");
  at("camera-picture").alt = "";
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  at("camera-view").srcObject = null;
}

/** Shows the camera where there is one. Where nobody looks at the picture, nothing looks at the citizen. */
export function render(isAsked, isBusy) {
  if (!isAsked) stop();
  at("camera").hidden = !isThere && !picture;
  at("camera-view").hidden = !stream;
  at("camera-picture").hidden = !picture;
  at("camera-start").hidden = Boolean(stream);
  at("camera-take").hidden = !stream;
  at("camera-drop").hidden = !stream && !picture;
  for (const id of ["camera-start", "camera-take", "camera-drop"]) at(id).disabled = Boolean(isBusy);
  say(at("camera-start"), t(picture ? "cameraAgain" : "cameraStart"));
  say(at("camera-said"), said ? t(said) : picture ? t("cameraTaken") : "");
}

/** Whether there is a camera, and the page may use it. */
async function look() {
  try {
    // What the console forbids its page is known without asking the browser's service for permissions.
    const isAllowed = document.featurePolicy?.allowsFeature("camera") ?? true;
    const { state } = await navigator.permissions.query({ name: "camera" });
    const devices = await navigator.mediaDevices.enumerateDevices();
    isThere = isAllowed && state !== "denied" && devices.some(({ kind }) => kind === "videoinput");
  } catch {
    isThere = false;
  }
  changed();
}

async function start() {
  said = null;
  try {
    const mine = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1_280 } } });
    // Whoever has gone to another step meanwhile is not looked at.
    if (stream || at("camera-start").checkVisibility() === false) {
      for (const track of mine.getTracks()) track.stop();
      return;
    }
    drop();
    stream = mine;
    at("camera-view").srcObject = mine;
    await at("camera-view").play();
  } catch {
    said = "cameraRefused";
  }
  changed();
  if (stream) at("camera-take").focus();
}

async function take() {
  const view = at("camera-view");
  const scale = Math.min(1, SIDE / Math.max(view.videoWidth, view.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(view.videoWidth * scale);
  canvas.height = Math.round(view.videoHeight * scale);
  canvas.getContext("2d").drawImage(view, 0, 0, canvas.width, canvas.height);
  const mine = stream;
  let blob = null;
  for (const quality of QUALITIES) {
    blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (blob && blob.size <= LONGEST) break;
  }
  canvas.width = 0;
  if (!mine || stream !== mine) return;
  stop();
  if (blob && blob.size <= LONGEST) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    picture = { content: base64(bytes), url: URL.createObjectURL(blob) };
    at("camera-picture").src = picture.url;
    at("camera-picture").alt = t("livePortrait");
  } else {
    said = "cameraRefused";
  }
  changed();
  at("save").focus();
}

function base64(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; start += 8_192) text += String.fromCharCode(...bytes.subarray(start, start + 8_192));
  return btoa(text);
}

export function listen(on) {
  changed = on.changed;
  at("camera-start").addEventListener("click", start);
  at("camera-take").addEventListener("click", take);
  at("camera-drop").addEventListener("click", () => {
    wipe();
    changed();
    at("save").focus();
  });
  navigator.mediaDevices?.addEventListener("devicechange", look);
  look();
}
