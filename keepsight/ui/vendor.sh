#!/bin/sh
# Compiles the GOV.UK assets that stand in static/ui. Run by `make vendor`; needs Node and the npm registry.
# Only the output is kept: no node_modules, no lock of addresses. Versions and checksums: static/ui/VENDORED.txt.
# Left out on purpose: GDS Transport (licensed for gov.uk domains only), the crown and every govuk-* image.
set -eu
GOVUK=6.6.0
SASS=1.108.2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-audit --no-fund --ignore-scripts --silent "govuk-frontend@$GOVUK" "sass@$SASS"
cat > govuk.scss <<'SCSS'
@use "node_modules/govuk-frontend/dist/govuk" as * with (
  $govuk-font-family: ("Helvetica Neue", "Arial", sans-serif),
  $govuk-assets-path: "./assets/"
);
SCSS
npx sass --style=compressed --no-source-map --load-path=. --load-path=node_modules --quiet-deps govuk.scss govuk.css
# The footer's crest is the only picture that the style sheet names, and we do not show it.
sed -E 's/url\("[^"]*govuk-crest[^"]*"\)/none/g' govuk.css > "$here/static/ui/govuk.css"
sed 's|//# sourceMappingURL=.*$||' node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js > "$here/static/ui/govuk.js"
cd "$here/static/ui"
{
  echo "Compiled by keepsight/ui/vendor.sh from npm packages."
  echo "govuk-frontend $GOVUK (MIT licence, Crown copyright Government Digital Service): govuk.css govuk.js"
  echo "sass $SASS (compiler only)"
  echo
  sha256sum govuk.css govuk.js
} > VENDORED.txt
