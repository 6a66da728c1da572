// Many calls at once, on libdatachannel: speech at fifty packets a second each, and pings on the channel.
//
//   node swarm.mjs '{"url", "key", "peers", "settleMs", "measureMs", "packets"}'
//
// Prints one JSON line when all are connected, one when the measured time begins, one when it ends, one result.
// The sends and the pings of the calls are spread evenly over their periods. `packets` is a file with Opus packets of
// 20 ms in base64. A ping is a message that realtime-mock answers with an event of its own and an echo server echoes.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { PeerConnection, Audio } = createRequire(join(process.env.BENCHMARK_NODE, 'package.json'))('node-datachannel');
const task = JSON.parse(process.argv[2]);
const packets = JSON.parse(readFileSync(task.packets, 'utf8')).map((text) => Buffer.from(text, 'base64'));

const PACKET_MS = 20;
const PING_MS = 200;
const SAMPLES = 960;
const PAYLOAD_TYPE = 111;
const CONNECT_MS = 8000;
const TRIES = 3;
const TOGETHER = 8; // calls that connect at the same time
const PING = JSON.stringify({ type: 'input_audio_buffer.clear' });
const PONG = 'input_audio_buffer.clear'; // ours says `cleared`, an echo says it again

const say = (fact) => console.log(JSON.stringify(fact));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function post(offer) {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${task.key}`, 'Content-Type': 'application/sdp', Connection: 'close' };
    const asking = request(`${task.url}/v1/realtime/calls`, { method: 'POST', headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (body += part));
      response.on('end', () =>
        response.statusCode === 201 ? resolve(body) : reject(new Error(`HTTP ${response.statusCode}: ${body}`)),
      );
    });
    asking.on('error', reject);
    asking.end(offer);
  });
}

class Call {
  constructor(index) {
    this.sequence = index % 65536;
    this.timestamp = index * SAMPLES;
    this.next = index % packets.length;
    this.pinged = 0; // when the ping was sent that waits for its answer
    this.received = 0;
    this.buffer = Buffer.alloc(1500);
    this.buffer[0] = 0x80;
    this.buffer[1] = PAYLOAD_TYPE;
    this.buffer.writeUInt32BE(1000 + index, 8);
    this.peer = new PeerConnection(`call ${index}`, { iceServers: [], disableAutoNegotiation: true });
    const audio = new Audio('audio', 'SendRecv');
    audio.addOpusCodec(PAYLOAD_TYPE);
    audio.addSSRC(1000 + index, 'swarm', 'swarm', 'audio');
    this.track = this.peer.addTrack(audio);
    this.track.onMessage(() => (this.received += 1));
    this.channel = this.peer.createDataChannel('oai-events');
    this.opened = new Promise((resolve) => this.channel.onOpen(resolve));
  }

  async connect() {
    const gathered = new Promise((resolve) =>
      this.peer.onGatheringStateChange((state) => state === 'complete' && resolve()),
    );
    this.peer.setLocalDescription('offer');
    await gathered;
    this.peer.setRemoteDescription(await post(this.peer.localDescription().sdp), 'answer');
    const late = sleep(CONNECT_MS).then(() => {
      throw new Error('the channel did not open');
    });
    await Promise.race([this.opened, late]);
  }

  speak() {
    const payload = packets[this.next];
    this.next = (this.next + 1) % packets.length;
    this.buffer.writeUInt16BE(this.sequence, 2);
    this.buffer.writeUInt32BE(this.timestamp, 4);
    payload.copy(this.buffer, 12);
    this.sequence = (this.sequence + 1) % 65536;
    this.timestamp = (this.timestamp + SAMPLES) % 4294967296;
    return this.track.sendMessageBinary(this.buffer.subarray(0, 12 + payload.length));
  }
}

async function connectAll() {
  const calls = [];
  let retries = 0;
  let next = 0;
  let problem = '';
  const worker = async () => {
    while (next < task.peers) {
      const index = next++;
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        const call = new Call(index);
        try {
          await call.connect();
          calls.push(call);
          break;
        } catch (error) {
          retries += 1;
          problem = String(error);
          call.peer.close();
        }
      }
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, worker));
  say({ connected: calls.length, retries, problem });
  return calls;
}

// Calls `act(call)` for each call once in `period` ms, evenly spread; returns how late it ever was, and how to stop.
function spread(calls, period, act, sink) {
  const begin = performance.now();
  let due = 0;
  let running = true;
  const turn = () => {
    if (!running) return;
    const now = performance.now();
    const until = Math.floor(((now - begin) / period) * calls.length) + 1;
    if (due < until) sink.lateness.push(now - begin - (due / calls.length) * period);
    if (until - due > 5 * calls.length) due = until - calls.length; // far behind: what was missed is not sent
    for (; due < until; due++) act(calls[due % calls.length], now);
    setTimeout(turn, 1);
  };
  turn();
  return () => (running = false);
}

const percentile = (values, share) => {
  const sorted = Float64Array.from(values).sort();
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] : null;
};

const calls = await connectAll();
if (calls.length > 0) {
  const sink = { pings: [], lateness: [], sent: 0, measuring: false };
  for (const call of calls) {
    call.channel.onMessage((text) => {
      if (call.pinged === 0 || !text.includes(PONG)) return;
      if (sink.measuring) sink.pings.push(performance.now() - call.pinged);
      call.pinged = 0;
    });
  }
  const stops = [
    spread(calls, PACKET_MS, (call) => (sink.sent += call.speak() ? 1 : 0), sink),
    spread(calls, PING_MS, (call, now) => {
      if (call.pinged !== 0) return;
      call.pinged = now;
      call.channel.sendMessage(PING);
    }, { lateness: [] }),
  ];
  await sleep(task.settleMs);
  const cpu = process.cpuUsage();
  const received = calls.reduce((sum, call) => sum + call.received, 0);
  const start = performance.now();
  Object.assign(sink, { lateness: [], sent: 0, measuring: true });
  say({ phase: 'begin' });
  await sleep(task.measureMs);
  say({ phase: 'end' });
  const seconds = (performance.now() - start) / 1000;
  sink.measuring = false;
  const spent = process.cpuUsage(cpu);
  // A ping that was never answered counts with its age.
  for (const call of calls) if (call.pinged !== 0) sink.pings.push(performance.now() - call.pinged);
  say({
    seconds,
    pings: sink.pings.length,
    pingP50: percentile(sink.pings, 0.5),
    pingP95: percentile(sink.pings, 0.95),
    sentPerPeer: sink.sent / calls.length / seconds,
    receivedPerPeer: (calls.reduce((sum, call) => sum + call.received, 0) - received) / calls.length / seconds,
    generatorCpu: (spent.user + spent.system) / 1e6 / seconds,
    generatorLateP95: percentile(sink.lateness, 0.95) ?? 0,
  });
  stops.forEach((stop) => stop());
}
calls.forEach((call) => call.peer.close());
await sleep(200);
process.exit(0);
