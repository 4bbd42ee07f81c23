import { composeProblem } from './compose-problem';

// What Compose 2.26 with Docker 26.1 says.
test.each([
  [
    'Error response from daemon: driver failed programming external connectivity on endpoint a: Bind for 127.0.0.1:8080 failed: port is already allocated',
    /^Port 8080 of 127\.0\.0\.1 is in use\./,
  ],
  [
    'Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use',
    /^Port 80 of 0\.0\.0\.0 is in use\./,
  ],
  [
    'Error response from daemon: all predefined address pools have been fully subnetted',
    /^Docker has no addresses left for another network\./,
  ],
  [
    'error while interpolating services.api.image: required variable API_IMAGE is missing a value: name the image',
    /^api: the variable API_IMAGE is missing: name the image\.$/,
  ],
  [
    'Error response from daemon: No such image: acme/api:dev',
    /^The image acme\/api:dev is not there\. Load it with/,
  ],
  ['dependency cycle detected: a -> b -> a', /wait for each other in a circle: a -> b -> a\./],
  [
    'service "api" depends on undefined service nobody: invalid compose project',
    /^api: depends_on names nobody, which is no service\./,
  ],
  ['Cannot connect to the Docker daemon at unix:///x. Is it running?', /^Docker does not answer/],
  ['something else', /^Docker Compose could not start the stack: something else$/],
])('%s', (stderr, message) => {
  expect(composeProblem('start the stack', stderr).message).toMatch(message);
});
