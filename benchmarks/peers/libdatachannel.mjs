// libdatachannel, through node-datachannel: one UDP port for all calls, RTP received and not decoded.
import { createSocket } from 'node:dgram';
import { fromScratch, reply, serve } from './http.mjs';

const { PeerConnection } = fromScratch('node-datachannel');
const calls = new Set(); // an object that nobody holds is closed by the garbage collector

const port = await new Promise((resolve) => {
  const socket = createSocket('udp4').bind(0, () => {
    const { port } = socket.address();
    socket.close(() => resolve(port));
  });
});

serve(
  (offer) =>
    new Promise((resolve) => {
      const peer = new PeerConnection('peer', {
        iceServers: [],
        enableIceUdpMux: true,
        portRangeBegin: port,
        portRangeEnd: port,
      });
      const call = { peer, channels: [], tracks: [], frames: 0 };
      calls.add(call);
      peer.onTrack((track) => {
        call.tracks.push(track);
        track.onMessage(() => (call.frames += 1));
      });
      peer.onDataChannel((channel) => {
        call.channels.push(channel);
        channel.onMessage((text) => channel.sendMessage(reply(text, call.frames)));
      });
      peer.onStateChange((state) => {
        if (state === 'closed' || state === 'failed') calls.delete(call);
        if (state === 'disconnected' || state === 'failed') peer.close();
      });
      peer.onGatheringStateChange((state) => {
        if (state === 'complete') resolve(peer.localDescription().sdp);
      });
      peer.setRemoteDescription(offer, 'offer');
    }),
);
