// Ctrl-C and SIGTERM, asked about at safe points.
#pragma once

namespace genretrack {

// The first SIGINT and the first SIGTERM are noted; a second one of its kind ends the process at once.
void install_interrupt_handler();

bool interrupted();

// Throws Error(kInterrupted, "interrupted; <remedy>") once a signal has come.
void throw_if_interrupted(const char* remedy);

}  // namespace genretrack
