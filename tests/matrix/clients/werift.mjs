// A call with werift: node werift.mjs URL WAV. Prints one line of JSON.
import {MediaStreamTrack, RTCPeerConnection, usePCMU} from "werift";
import {answerTo, packets, report, speak} from "./said.mjs";

const [url, wav] = process.argv.slice(2), {onEvent, over} = report();
const peer = new RTCPeerConnection({iceServers: [], codecs: {audio: [usePCMU()]}});
const channel = peer.createDataChannel("oai-events"), track = new MediaStreamTrack({kind: "audio"});
peer.addTransceiver(track, {direction: "sendrecv"});
channel.onMessage.subscribe(data => onEvent(data.toString()));
channel.stateChanged.subscribe(state => {
  if (state === "open") speak(packets(wav, {payloadType: 0, ssrc: 42}), packet => track.writeRtp(packet));
});
await peer.setLocalDescription(await peer.createOffer());
await peer.setRemoteDescription({type: "answer", sdp: await answerTo(url, peer.localDescription.sdp)});
console.log(JSON.stringify(await over));
await peer.close();
process.exit(0);
