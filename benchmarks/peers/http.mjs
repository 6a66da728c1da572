// The HTTP side of the peers that run in Node: the same contract as everybody's, and a line that says where.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'authorization, content-type',
  'Access-Control-Allow-Methods': 'POST',
  'Access-Control-Max-Age': '600',
};

// The peers are installed in a scratch folder, which is not a parent of this file.
export const fromScratch = createRequire(join(process.env.BENCHMARK_NODE, 'package.json'));

// What a server of ours would have to say to a commit: how much sound the application has had.
export const reply = (text, frames) =>
  text.includes('buffer.commit')
    ? JSON.stringify({ type: 'heard', event_id: JSON.parse(text).event_id, ms: frames * 20 })
    : text;

// Serves `answer(offer) -> Promise<string>` on a free port of 127.0.0.1.
export function serve(answer) {
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== '/v1/realtime/calls') {
      response.writeHead(request.method === 'OPTIONS' ? 200 : 404, CORS).end();
      return;
    }
    let offer = '';
    request.setEncoding('utf8');
    request.on('data', (part) => (offer += part));
    request.on('end', () =>
      answer(offer).then(
        (sdp) => response.writeHead(201, { ...CORS, 'Content-Type': 'application/sdp' }).end(sdp),
        (problem) => response.writeHead(500, CORS).end(String(problem)),
      ),
    );
  });
  server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
}
