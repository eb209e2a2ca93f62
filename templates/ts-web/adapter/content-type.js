/** The types of short names, from the package mime-types, which OpenFaaS's templates use. */
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
  'text/coffeescript': 'coffee',
  'text/jsx': 'jsx',
  'text/less': 'less',
  'text/mathml': 'mml',
  'text/n3': 'n3',
  'text/turtle': 'ttl',
  'text/uri-list': 'uri uris urls',
  'text/x-c': 'c h cc cpp',
  'text/x-handlebars-template': 'hbs',
  'text/x-java-source': 'java',
  'text/x-lua': 'lua',
  'text/x-sass': 'sass',
  'text/x-scss': 'scss',
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
  'application/hjson': 'hjson',
  'application/n-quads': 'nq',
  'application/n-triples': 'nt',
  'application/pgp-encrypted': 'pgp',
  'application/pkcs7-mime': 'p7m',
  'application/pkcs7-signature': 'p7s',
  'application/pkix-cert': 'cer',
  'application/pkix-crl': 'crl',
  'application/postscript': 'ps ai eps',
  'application/rdf+xml': 'rdf owl',
  'application/smil+xml': 'smil',
  'application/trig': 'trig',
  'application/vnd.amazon.ebook': 'azw',
  'application/vnd.android.package-archive': 'apk',
  'application/vnd.google-earth.kmz': 'kmz',
  'application/vnd.ms-excel.sheet.macroenabled.12': 'xlsm',
  'application/vnd.ms-powerpoint.presentation.macroenabled.12': 'pptm',
  'application/vnd.ms-word.document.macroenabled.12': 'docm',
  'application/vnd.oasis.opendocument.graphics': 'odg',
  'application/vnd.oasis.opendocument.presentation': 'odp',
  'application/vnd.openxmlformats-officedocument.presentationml.slideshow': 'ppsx',
  'application/vnd.openxmlformats-officedocument.presentationml.template': 'potx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.template': 'xltx',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.template': 'dotx',
  'application/x-apple-diskimage': 'dmg',
  'application/x-bittorrent': 'torrent',
  'application/x-debian-package': 'deb',
  'application/x-httpd-php': 'php',
  'application/x-ipynb+json': 'ipynb',
  'application/x-iso9660-image': 'iso',
  'application/x-latex': 'latex',
  'application/x-mobipocket-ebook': 'mobi',
  'application/x-msdos-program': 'exe',
  'application/x-msdownload': 'dll msi bat com',
  'application/x-perl': 'pl pm',
  'application/x-pkcs12': 'p12 pfx',
  'application/x-pkcs7-certificates': 'p7b',
  'application/x-redhat-package-manager': 'rpm',
  'application/x-shockwave-flash': 'swf',
  'application/x-subrip': 'srt',
  'application/x-tex': 'tex',
  'application/x-xz': 'xz',
  'application/xml-dtd': 'dtd',
  'application/xslt+xml': 'xslt',
  'application/xspf+xml': 'xspf',
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
  'image/heif': 'heif',
  'image/jp2': 'jp2',
  'image/jxl': 'jxl',
  'image/vnd.adobe.photoshop': 'psd',
  'image/vnd.djvu': 'djvu',
  'image/vnd.dwg': 'dwg',
  'image/vnd.dxf': 'dxf',
  'image/x-portable-anymap': 'pnm',
  'image/x-portable-bitmap': 'pbm',
  'image/x-portable-graymap': 'pgm',
  'image/x-portable-pixmap': 'ppm',
  'image/x-tga': 'tga',
  'font/woff': 'woff',
  'font/woff2': 'woff2',
  'font/ttf': 'ttf',
  'font/otf': 'otf',
  'font/collection': 'ttc',
  'audio/mpeg': 'mp3 mpga',
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg oga opus',
  'audio/wav': 'wav',
  'audio/aac': 'aac',
  'audio/webm': 'weba',
  'audio/midi': 'mid midi',
  'audio/x-aiff': 'aif aiff',
  'audio/x-flac': 'flac',
  'audio/x-matroska': 'mka',
  'audio/x-mpegurl': 'm3u',
  'audio/x-ms-wma': 'wma',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/x-m4v': 'm4v',
  'video/ogg': 'ogv',
  'video/quicktime': 'mov',
  'video/mp2t': 'ts',
  'video/3gpp': '3gp',
  'video/mpeg': 'mpeg mpg mpe',
  'video/x-flv': 'flv',
  'video/x-matroska': 'mkv',
  'video/x-ms-wmv': 'wmv',
  'video/x-msvideo': 'avi',
  'message/rfc822': 'eml mht mhtml',
  'model/gltf+json': 'gltf',
  'model/gltf-binary': 'glb',
  'model/mtl': 'mtl',
  'model/obj': 'obj',
  'model/stl': 'stl',
  'model/vnd.collada+xml': 'dae',
};

/** @type {ReadonlyMap<string, string>} */
const TYPES = new Map(
  Object.entries(SHORT_NAMES).flatMap(([type, names]) => names.split(' ').map((name) => [name, type])),
);

const TEXT_TYPE = /^(text\/|application\/(json|javascript|manifest\+json)\s*(;|$))/i;
// A quoted value, or the parameter charset with its value, if it has one. Text within quotes is no parameter.
const QUOTED_OR_CHARSET = /("(?:[^"\\]|\\.)*")|\s*;\s*charset(?:\s*=\s*("[^"]*"|[^\s;]*))?(?=[\s;]|$)/gi;
const AROUND = /^[ \t]+|[ \t;]+$/g;

/**
 * Completes the content type of an answer as Express does in OpenFaaS's templates: a short name (`json`, `.css`,
 * `page.html`) becomes the type that it stands for, and a type of text names its charset.
 *
 * @param {unknown} value the type that the handler has set
 * @param {boolean} isString whether the body is a string, which goes out as UTF-8 whatever the type says
 * @returns {string | undefined} undefined where no type was set, or its short name is unknown
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
 * Looks up a short name, and leaves a whole content type as it is. Both without a charset of ours.
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
