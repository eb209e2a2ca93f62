/** The types that short names stand for, as mime-types has them, which OpenFaaS's templates look them up in. */
const SHORT_NAMES = {
  'text/html': 'html htm shtml',
  'text/plain': 'txt text log conf def list in ini',
  'text/css': 'css',
  'text/javascript': 'js mjs',
  'text/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  'text/markdown': 'md markdown',
  'text/yaml': 'yaml yml',
  'text/calendar': 'ics ifb',
  'text/vcard': 'vcard',
  'text/x-vcard': 'vcf',
  'text/vtt': 'vtt',
  'text/cache-manifest': 'appcache manifest',
  'application/json': 'json map',
  'application/json5': 'json5',
  'application/ld+json': 'jsonld',
  'application/geo+json': 'geojson',
  'application/manifest+json': 'webmanifest',
  'application/xml': 'xml xsl xsd rng',
  'application/xhtml+xml': 'xhtml xht',
  'application/rss+xml': 'rss',
  'application/atom+xml': 'atom',
  'application/wsdl+xml': 'wsdl',
  'application/dash+xml': 'mpd',
  'application/gpx+xml': 'gpx',
  'application/vnd.google-earth.kml+xml': 'kml',
  'application/vnd.apple.mpegurl': 'm3u8',
  'application/toml': 'toml',
  'application/node': 'cjs',
  'application/x-sh': 'sh',
  'application/sql': 'sql',
  'application/wasm': 'wasm',
  'application/octet-stream': 'bin buffer dist img',
  'application/pdf': 'pdf',
  'application/rtf': 'rtf',
  'application/epub+zip': 'epub',
  'application/zip': 'zip',
  'application/gzip': 'gz',
  'application/x-tar': 'tar',
  'application/x-bzip2': 'bz2 boz',
  'application/x-7z-compressed': '7z',
  'application/vnd.rar': 'rar',
  'application/java-archive': 'jar war ear',
  'application/x-x509-ca-cert': 'crt pem der',
  'application/pgp-keys': 'asc',
  'application/msword': 'doc dot',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.ms-powerpoint': 'ppt',
  'application/vnd.ms-fontobject': 'eot',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'image/png': 'png',
  'image/apng': 'apng',
  'image/jpeg': 'jpg jpeg jpe',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/heic': 'heic',
  'image/svg+xml': 'svg svgz',
  'image/bmp': 'bmp',
  'image/tiff': 'tif tiff',
  'image/vnd.microsoft.icon': 'ico',
  'font/woff': 'woff',
  'font/woff2': 'woff2',
  'font/ttf': 'ttf',
  'font/otf': 'otf',
  'audio/mpeg': 'mp3 mpga',
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg oga opus',
  'audio/wav': 'wav',
  'audio/aac': 'aac',
  'audio/webm': 'weba',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/x-m4v': 'm4v',
  'video/ogg': 'ogv',
  'video/quicktime': 'mov',
  'video/mp2t': 'ts',
};

/** @type {ReadonlyMap<string, string>} */
const TYPES = new Map(
  Object.entries(SHORT_NAMES).flatMap(([type, names]) => names.split(' ').map((name) => [name, type])),
);

const TEXT_TYPE = /^(text\/|application\/(json|javascript|manifest\+json)\s*(;|$))/i;
// A quoted value, or the parameter charset with its value, if it has one. What a quoted value holds is no parameter.
const QUOTED_OR_CHARSET = /("(?:[^"\\]|\\.)*")|\s*;\s*charset(?:\s*=\s*("[^"]*"|[^\s;]*))?(?=[\s;]|$)/gi;
const AROUND = /^[ \t]+|[ \t;]+$/g;

/**
 * The content type of an answer, completed as Express does it in OpenFaaS's templates: a short name (`json`, `.css`,
 * `page.html`) becomes the type that it stands for, and text names its charset.
 *
 * @param {unknown} value what the handler set
 * @param {boolean} isString whether the body is a string, which goes out as UTF-8 whatever the type says
 * @returns {string | undefined} undefined for what is no type: nothing at all, or a short name that is unknown
 */
export function completeType(value, isString) {
  const type = typeOf(value);
  if (type === undefined || type.endsWith('; charset=utf-8')) return type;
  let hasCharset = false;
  const whole = type.replace(QUOTED_OR_CHARSET, (match, quoted, charset) => {
    if (quoted !== undefined) return match;
    if (hasCharset || charset === undefined || charset === '' || charset === '""') return '';
    hasCharset = true;
    return isString ? '; charset=utf-8' : match;
  });
  if (hasCharset) return whole;
  return isString || TEXT_TYPE.test(whole) ? `${whole}; charset=utf-8` : whole;
}

/**
 * The content type that was set, with a short name looked up. Nothing is said of its charset.
 *
 * @param {unknown} value
 * @returns {string | undefined}
 */
function typeOf(value) {
  const text = String(Array.isArray(value) ? value[0] : value).replaceAll(AROUND, '');
  const semicolon = text.indexOf(';');
  const media = semicolon === -1 ? text : text.slice(0, semicolon);
  if (media.includes('/')) return text;
  const name = media.slice(media.lastIndexOf('.') + 1);
  const type = TYPES.get(name.trim().toLowerCase());
  return type === undefined || semicolon === -1 ? type : type + text.slice(semicolon);
}
