// A call with libdatachannel: node libdatachannel.mjs URL WAV. Prints one line of JSON.
import rtc from "node-datachannel";
import {answerTo, packets, report, speak} from "./said.mjs";

const [url, wav] = process.argv.slice(2), ssrc = 42, {onEvent, over} = report();
const peer = new rtc.PeerConnection("client", {iceServers: [], disableAutoNegotiation: true});
const audio = new rtc.Audio("audio", "SendRecv");
audio.addAudioCodec(0, "PCMU");
audio.addSSRC(ssrc, "client");
const track = peer.addTrack(audio), channel = peer.createDataChannel("oai-events");
channel.onMessage(onEvent);
track.onOpen(() => speak(packets(wav, {payloadType: 0, ssrc}), packet => track.sendMessageBinary(packet)));
const gathered = new Promise(resolve => peer.onGatheringStateChange(state => state === "complete" && resolve()));
peer.setLocalDescription("offer");
await gathered;
peer.setRemoteDescription(await answerTo(url, peer.localDescription().sdp), "answer");
console.log(JSON.stringify(await over));
peer.close();
rtc.cleanup();
