// What the JavaScript clients have in common: minting, offering, and a WAV as RTP packets of PCMU.
import {readFileSync} from "node:fs";

const KEY = "sk-00000000";
const SESSION = {type: "transcription", audio: {input: {transcription: {model: "gpt-4o-mini-transcribe"}}}};
const SAMPLES = 160;  // 20 ms of 8 kHz

async function post(url, key, body, type) {
  const headers = {Authorization: `Bearer ${key}`, "Content-Type": type};
  const response = await fetch(url, {method: "POST", body, headers});
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text;
}

// The answer to an offer.
export async function answerTo(url, offer) {
  const minted = await post(`${url}/v1/realtime/client_secrets`, KEY, JSON.stringify({session: SESSION}), "application/json");
  return post(`${url}/v1/realtime/calls`, JSON.parse(minted).value, offer, "application/sdp");
}

// One sample of G.711's mu-law.
function muLaw(sample) {
  const sign = sample < 0 ? 0x80 : 0, magnitude = Math.min(Math.abs(sample), 32635) + 132;
  const exponent = Math.max(0, Math.floor(Math.log2(magnitude)) - 7);
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

// A WAV of 48 kHz, 16 bit, mono as packets; each sample of 8 kHz is the mean of six.
export function packets(wav, {payloadType, ssrc}) {
  const data = readFileSync(wav), samples = new Int16Array(data.buffer, data.byteOffset + 44, (data.length - 44) >> 1);
  const bytes = Uint8Array.from({length: Math.floor(samples.length / 6)}, (_, n) =>
    muLaw(samples.subarray(6 * n, 6 * n + 6).reduce((sum, sample) => sum + sample, 0) / 6));
  return Array.from({length: Math.floor(bytes.length / SAMPLES)}, (_, n) => {
    const packet = Buffer.alloc(12 + SAMPLES);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8(payloadType | (n === 0 ? 0x80 : 0), 1);
    packet.writeUInt16BE(n + 1, 2);
    packet.writeUInt32BE(n * SAMPLES, 4);
    packet.writeUInt32BE(ssrc, 8);
    packet.set(bytes.subarray(n * SAMPLES, (n + 1) * SAMPLES), 12);
    return packet;
  });
}

// Send them as fast as they were spoken, with silence after them.
export function speak(all, send) {
  const begin = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (; sent < all.length && sent * 20 <= performance.now() - begin; sent++) send(all[sent]);
    if (sent === all.length) clearInterval(timer);
  }, 10);
}

// What happened, once the transcript is there. `onEvent` is given each message of the channel.
export function report() {
  const heard = [];
  let done;
  const over = new Promise(resolve => { done = resolve; });
  const onEvent = text => {
    heard.push(JSON.parse(text));
    const {type, transcript} = heard.at(-1);
    if (type.endsWith("input_audio_transcription.completed")) done({first: heard[0].type, transcript});
  };
  return {onEvent, over};
}
