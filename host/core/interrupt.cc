#include "host/core/interrupt.h"

#include <csignal>
#include <string>

#include "host/core/error.h"

namespace genretrack {
namespace {

volatile std::sig_atomic_t signals_seen = 0;

extern "C" void note_signal(int) { signals_seen = 1; }

}  // namespace

void install_interrupt_handler() {
  struct sigaction action = {};
  action.sa_handler = note_signal;
  sigemptyset(&action.sa_mask);
  // One shot: a person who presses Ctrl-C twice means it. Calls are restarted, so no library sees EINTR.
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return signals_seen != 0; }

void throw_if_interrupted(const char* remedy) {
  if (interrupted()) throw Error(ErrorKind::kInterrupted, std::string("interrupted; ") + remedy);
}

}  // namespace genretrack
