// werift, WebRTC in TypeScript: RTP received and not decoded.
import { fromScratch, reply, serve } from './http.mjs';

const { RTCPeerConnection } = fromScratch('werift');

serve(async (offer) => {
  const peer = new RTCPeerConnection({ iceServers: [] });
  let frames = 0;
  peer.onTrack.subscribe((track) => track.onReceiveRtp.subscribe(() => (frames += 1)));
  peer.onDataChannel.subscribe((channel) =>
    channel.onMessage.subscribe((data) => channel.send(reply(String(data), frames))),
  );
  peer.connectionStateChange.subscribe((state) => {
    if (state === 'failed' || state === 'disconnected') peer.close();
  });
  await peer.setRemoteDescription({ type: 'offer', sdp: offer });
  await peer.setLocalDescription(await peer.createAnswer());
  return peer.localDescription.sdp;
});
