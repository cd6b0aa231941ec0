/** The page /docs: shows the document that is chosen, and signs people in for "Try it out". */

/**
 * @typedef {object} SwaggerUi
 * @property {{ updateUrl(url: string): void, download(url: string): void }} specActions
 *
 * @typedef {object} SwaggerUiBundle
 * @property {(options: object) => SwaggerUi} SwaggerUIBundle
 */

/**
 * @template {typeof HTMLElement} T
 * @param {string} id
 * @param {T} kind
 * @returns {InstanceType<T>}
 */
function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${id}.`);
  return /** @type {InstanceType<T>} */ (found);
}

const choice = byId('document', HTMLSelectElement);
const source = byId('source', HTMLAnchorElement);
const form = byId('sign-in', HTMLFormElement);
const username = byId('username', HTMLInputElement);
const password = byId('password', HTMLInputElement);
const signedIn = byId('signed-in', HTMLDivElement);
const who = byId('who', HTMLElement);
const signOut = byId('sign-out', HTMLButtonElement);
const message = byId('message', HTMLParagraphElement);

/** @param {string} text */
const say = (text) => {
  message.textContent = text;
};

/** @param {string | null} name */
function show(name) {
  form.hidden = name !== null;
  signedIn.hidden = name === null;
  who.textContent = name ?? '';
}

/** Whoever is signed in by now, here or in another window. */
async function showSession() {
  const answer = await fetch('/docs/session');
  if (answer.ok) show((await answer.json()).username);
}

/**
 * @param {string} path
 * @param {object} [body]
 */
async function post(path, body) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // What is not read is not over for the browser.
  await answer.text();
  return answer;
}

/** @param {Response} answer */
function refusal({ status, headers }) {
  if (status === 401) return 'Name or password is wrong.';
  const wait = headers.get('retry-after');
  return wait === null ? `That did not work (${status}).` : `Try again in ${wait} seconds.`;
}

async function trySignIn() {
  say('');
  const body = { username: username.value, password: password.value };
  password.value = '';
  // A second try while the first is not answered could be told the answer to that.
  form.inert = true;
  const answer = await post('/api/v1/auth/login', body).finally(() => {
    form.inert = false;
  });
  if (!answer.ok) {
    say(refusal(answer));
    password.focus();
    return;
  }
  await showSession();
  say('Calls from this page are yours now.');
  signOut.focus();
}

async function trySignOut() {
  const answer = await post('/api/v1/auth/logout');
  await showSession();
  say(answer.ok || answer.status === 401 ? 'Signed out.' : refusal(answer));
  username.focus();
}

/** @param {() => Promise<void>} work */
const orSayWhy = (work) => {
  work().catch(() => say('The server cannot be reached.'));
};

form.addEventListener('submit', (event) => {
  event.preventDefault();
  orSayWhy(trySignIn);
});
signOut.addEventListener('click', () => orSayWhy(trySignOut));

/** The address of the document that the page's own address names, the first unless it names one. */
function chosenUrl() {
  const name = location.pathname.split('/')[2];
  const options = [...choice.options];
  const option = options.find(({ value }) => value === name) ?? options[0];
  if (option === undefined) throw new Error('The page has no documents.');
  option.selected = true;
  const url = option.dataset.url ?? '';
  source.href = url;
  return url;
}

/**
 * What a reference within the document leads to.
 *
 * @param {unknown} document
 * @param {string} reference
 */
const referred = (document, reference) =>
  reference
    .slice('#/'.length)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((at, name) => /** @type {any} */ (at)?.[name], document);

/**
 * A part of the document with what its references lead to in their places.
 *
 * @param {unknown} document
 * @param {unknown} part
 * @param {readonly string[]} [via] the references that led here; one that comes again stays as it is
 * @returns {unknown}
 */
function resolved(document, part, via = []) {
  if (Array.isArray(part)) return part.map((each) => resolved(document, each, via));
  if (typeof part !== 'object' || part === null) return part;
  const reference = '$ref' in part ? String(part.$ref) : '';
  if (reference.startsWith('#/') && !via.includes(reference)) {
    return resolved(document, referred(document, reference), [...via, reference]);
  }
  return Object.fromEntries(
    Object.entries(part).map(([name, each]) => [name, resolved(document, each, via)]),
  );
}

/**
 * Swagger UI goes through the whole document each time that an operation is opened, which takes seconds where
 * it has hundreds. Ours refer to nothing but parts of themselves, so looking these up is enough.
 */
const quickly = () => ({
  fn: {
    /**
     * @param {unknown} document
     * @param {readonly string[]} path
     */
    resolveSubtree: async (document, path) => {
      const part = path.reduce((at, name) => /** @type {any} */ (at)?.[name], document);
      return { spec: resolved(document, part), errors: [] };
    },
  },
});

/**
 * Swagger UI fills in every field of a form with a word or a number that fits its type, and sends them all. Ours
 * begin with what the document has an example or a default of, and are empty else.
 */
const emptyForms = () => ({
  /** @this {{ fn: { getSampleSchema: (...given: any[]) => unknown } }} */
  afterLoad() {
    const sample = this.fn.getSampleSchema;
    this.fn.getSampleSchema = (schema, type, ...more) => {
      // It asks so for the fields of forms alone.
      if (type !== false) return sample(schema, type, ...more);
      const { examples, default: otherwise, type: kind } = schema.toJS();
      return examples?.[0] ?? otherwise ?? (kind === 'array' ? [] : '');
    };
  },
});

let shown = chosenUrl();
const ui = /** @type {SwaggerUiBundle} */ (/** @type {unknown} */ (window)).SwaggerUIBundle({
  url: shown,
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  displayRequestDuration: true,
  // Asks a server elsewhere.
  validatorUrl: null,
  plugins: [quickly, emptyForms],
  // No link to this page may make it load another document.
  queryConfigEnabled: false,
  // Nor may it keep what people authorize with.
  persistAuthorization: false,
  /** @param {{ url: string }} response */
  responseInterceptor: (response) => {
    if (/\/auth\/(login|logout)(\?|$)/.test(response.url)) orSayWhy(showSession);
    return response;
  },
});

function load() {
  const url = chosenUrl();
  if (url === shown) return;
  shown = url;
  ui.specActions.updateUrl(url);
  ui.specActions.download(url);
}

choice.addEventListener('change', () => {
  history.pushState(null, '', `/docs/${choice.value}`);
  load();
});
window.addEventListener('popstate', load);
orSayWhy(showSession);
