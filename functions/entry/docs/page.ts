import { type ApiDocument, documents } from '../documents.ts';
import { pageHeaders } from '../pages/headers.ts';

/** Icons are `data:` images in Swagger UI's style sheet. Forms are handled by the script, so none may be sent by itself. */
export const PAGE_HEADERS = pageHeaders({
  'img-src': ["'self'", 'data:'],
  'form-action': ["'none'"],
});

const option = ({ name, title, path }: ApiDocument): string =>
  `<option value="${name}" data-url="${path}">${title}</option>`;

const link = ({ path, title }: ApiDocument): string => `<a href="${path}">${title}</a>`;

/** The page /docs; all its addresses begin with a slash, so it may be shown at any address. */
export const pageHtml = (base: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Assay: API documentation</title>
<link rel="icon" href="${base}/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${base}/swagger-ui.css">
<link rel="stylesheet" href="${base}/docs.css">
<script src="${base}/swagger-ui-bundle.js" defer></script>
<script src="${base}/docs.js" defer></script>
</head>
<body>
<header>
<h1>Assay</h1>
<div>
<label for="document">API</label>
<select id="document" autocomplete="off">${documents.map(option).join('')}</select>
<a id="source" href="${documents[0].path}">openapi.json</a>
</div>
<form id="sign-in" method="post" hidden>
<label for="username">Name</label>
<input id="username" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="150">
<label for="password">Password</label>
<input id="password" type="password" autocomplete="current-password" required maxlength="1024">
<button>Sign in</button>
</form>
<div id="signed-in" hidden>
<span>Signed in as <strong id="who"></strong></span>
<button id="sign-out" type="button">Sign out</button>
</div>
<p id="message" role="status"></p>
</header>
<noscript><p>The page needs JavaScript. The documents are ${documents.map(link).join(', ')}.</p></noscript>
<main id="swagger-ui"></main>
</body>
</html>
`;
