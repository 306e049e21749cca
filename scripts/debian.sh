# Sourced by the scripts that install Debian packages; wants `say` and `die`.

# Install a Debian package, as root or through sudo.
debian() {
    command -v apt-get >/dev/null 2>&1 || die "please install $* (there is no apt-get here)"
    say "installing $*"
    if [ "$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -q --no-install-recommends "$@" \
        >/dev/null 2>&1 && return
    $as_root apt-get update -q >/dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -q --no-install-recommends "$@" \
        >/dev/null || die "could not install $*"
}
