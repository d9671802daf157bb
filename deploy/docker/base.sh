#!/usr/bin/env bash
# Makes debian:bookworm-slim from the machine's own apt sources, for machines that reach no image registry. It has the
# habits of the official image: no documentation, no apt caches, no services started by packages.
#
#   base.sh [TAG]
set -euo pipefail

tag=${1:-debian:bookworm-slim}
sources=/etc/apt/sources.list.d/debian.sources
# The mirror is whatever this machine uses.
mirror=$(sed -n 's/^URIs: *//p' "$sources" 2>/dev/null | head -n 1)
mirror=${mirror:-$(sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) bookworm main.*/\2/p' /etc/apt/sources.list 2>/dev/null | head -n 1)}
: "${mirror:?no apt source of bookworm main on this machine}"
command -v mmdebstrap >/dev/null || {
  printf 'base.sh: mmdebstrap is missing: apt-get install mmdebstrap\n' >&2
  exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
image=$work/root
mmdebstrap --variant=minbase --mode=root --format=directory --aptopt='Acquire::Languages "none"' \
  bookworm "$image" "deb $mirror bookworm main" >&2

rm -rf "$image"/etc/apt/sources.list "$image"/etc/apt/apt.conf.d/99mmdebstrap \
  "$image"/usr/share/{man,info,groff,lintian,locale}/* "$image"/var/cache/apt/*.bin \
  "$image"/var/cache/debconf/*-old "$image"/var/log/*.log "$image"/var/log/apt
find "$image/usr/share/doc" -mindepth 2 ! -name copyright ! -type d -delete
find "$image/usr/share/doc" -mindepth 1 -type d -empty -delete

if [ -e "$sources" ]; then
  cp "$sources" "$image/etc/apt/sources.list.d/"
else
  printf 'deb %s bookworm main\n' "$mirror" >"$image/etc/apt/sources.list"
fi
# How this machine's apt reaches its sources (a proxy, a certificate), if it says so.
for file in /etc/apt/apt.conf.d/*proxy*; do
  if [ -e "$file" ]; then cp "$file" "$image/etc/apt/apt.conf.d/"; fi
done
printf '%s\n' 'path-exclude /usr/share/doc/*' 'path-include /usr/share/doc/*/copyright' \
  'path-exclude /usr/share/man/*' 'path-exclude /usr/share/locale/*' 'path-exclude /usr/share/info/*' \
  'path-exclude /usr/share/groff/*' 'path-exclude /usr/share/lintian/*' 'force-unsafe-io' \
  >"$image/etc/dpkg/dpkg.cfg.d/90image"
cat >"$image/etc/apt/apt.conf.d/90image" <<'CONF'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
CONF
printf '#!/bin/sh\nexit 101\n' >"$image/usr/sbin/policy-rc.d"
chmod 755 "$image/usr/sbin/policy-rc.d"

tar -C "$image" --one-file-system --numeric-owner -c . |
  docker import -c 'CMD ["bash"]' -c 'ENV DEBIAN_FRONTEND=noninteractive' - "$tag" >&2
