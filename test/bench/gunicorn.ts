import type { PypiServer } from './frame/pypi-peer.ts';

/** The smallest real server that has worker processes, as most of them have: for the tests of the frame. */
export const gunicorn: PypiServer = {
  name: 'gunicorn',
  requirements: ['gunicorn==27.0.1'],
  command: ({ port }) => [
    'gunicorn',
    ...['--workers', '2', '--bind', `127.0.0.1:${port}`],
    'wsgiref.simple_server:demo_app',
  ],
  readyPath: '/',
  prepare: async () => ({
    headers: { accept: 'text/plain' },
    requests: new Map([['GET page', () => ({ method: 'GET', path: '/' })]]),
  }),
  notes: ['gunicorn: two workers with the example application of Python.'],
};
