// errno_names: see errno_names.h. The names are those of Linux's <errno.h>, each number once: of
// two names of one number, the one that POSIX has first (EAGAIN, not EWOULDBLOCK; EDEADLK).

#include "v8_glue/errno_names.h"

#include <cerrno>
#include <clocale>
#include <cstring>

namespace springboard::glue {

namespace {

#define SPRINGBOARD_ERRNO_NAMES(X)                                                                 \
  X(E2BIG)                                                                                         \
  X(EACCES) X(EADDRINUSE) X(EADDRNOTAVAIL) X(EADV) X(EAFNOSUPPORT) X(EAGAIN) X(EALREADY) X(EBADE)  \
      X(EBADF) X(EBADFD) X(EBADMSG) X(EBADR) X(EBADRQC) X(EBADSLT) X(EBFONT) X(EBUSY) X(           \
          ECANCELED) X(ECHILD) X(ECHRNG) X(ECOMM) X(ECONNABORTED) X(ECONNREFUSED) X(ECONNRESET)    \
          X(EDEADLK) X(EDESTADDRREQ) X(EDOM) X(EDOTDOT) X(EDQUOT) X(EEXIST) X(EFAULT) X(EFBIG) X(  \
              EHOSTDOWN) X(EHOSTUNREACH) X(EHWPOISON) X(EIDRM) X(EILSEQ) X(EINPROGRESS) X(EINTR)   \
              X(EINVAL) X(EIO) X(EISCONN) X(EISDIR) X(EISNAM) X(EKEYEXPIRED) X(EKEYREJECTED) X(    \
                  EKEYREVOKED) X(EL2HLT) X(EL2NSYNC) X(EL3HLT) X(EL3RST) X(ELIBACC) X(ELIBBAD)     \
                  X(ELIBEXEC) X(ELIBMAX) X(ELIBSCN) X(ELNRNG) X(ELOOP) X(EMEDIUMTYPE) X(EMFILE)    \
                      X(EMLINK) X(EMSGSIZE) X(EMULTIHOP) X(ENAMETOOLONG) X(ENAVAIL) X(ENETDOWN)    \
                          X(ENETRESET) X(ENETUNREACH) X(ENFILE) X(ENOANO) X(ENOBUFS) X(ENOCSI)     \
                              X(ENODATA) X(ENODEV) X(ENOENT) X(ENOEXEC) X(ENOKEY)                  \
                                  X(ENOLCK) X(ENOLINK) X(ENOMEDIUM) X(ENOMEM) X(ENOMSG) X(ENONET)  \
                                      X(ENOPKG) X(ENOPROTOOPT) X(ENOSPC) X(ENOSR) X(ENOSTR) X(     \
                                          ENOSYS) X(ENOTBLK) X(ENOTCONN) X(ENOTDIR) X(ENOTEMPTY)   \
                                          X(ENOTNAM) X(ENOTRECOVERABLE) X(ENOTSOCK) X(ENOTSUP)     \
                                              X(ENOTTY) X(ENOTUNIQ) X(ENXIO) X(EOVERFLOW) X(       \
                                                  EOWNERDEAD) X(EPERM) X(EPFNOSUPPORT) X(EPIPE)    \
                                                  X(EPROTO) X(EPROTONOSUPPORT) X(EPROTOTYPE) X(    \
                                                      ERANGE) X(EREMCHG) X(EREMOTE)                \
                                                      X(EREMOTEIO) X(ERESTART) X(ERFKILL) X(EROFS) \
                                                          X(ESHUTDOWN) X(ESOCKTNOSUPPORT)          \
                                                              X(ESPIPE) X(ESRCH) X(ESRMNT)         \
                                                                  X(ESTALE) X(ESTRPIPE) X(ETIME)   \
                                                                      X(ETIMEDOUT) X(ETOOMANYREFS) \
                                                                          X(ETXTBSY) X(EUCLEAN)    \
                                                                              X(EUNATCH) X(EUSERS) \
                                                                                  X(EXDEV)         \
                                                                                      X(EXFULL)

}  // namespace

std::string_view ErrnoName(int number) {
  switch (number) {
#define SPRINGBOARD_ERRNO_CASE(name) \
  case name:                         \
    return #name;
    SPRINGBOARD_ERRNO_NAMES(SPRINGBOARD_ERRNO_CASE)
#undef SPRINGBOARD_ERRNO_CASE
    default:
      return {};
  }
}

#undef SPRINGBOARD_ERRNO_NAMES

std::string ErrnoText(int number) {
  // Made once and never freed: messages do not depend on the program's locale.
  static const locale_t c_locale = newlocale(LC_ALL_MASK, "C", nullptr);
  return c_locale == nullptr ? "error " + std::to_string(number) : strerror_l(number, c_locale);
}

}  // namespace springboard::glue
