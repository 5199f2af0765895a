// Ctrl-C and SIGTERM, asked about at safe points.
#pragma once

namespace genretrack {

// The first SIGINT or SIGTERM is noted; a second one ends the process at once.
void install_interrupt_handler();

bool interrupted();

// Throws Error(kInterrupted, "interrupted; <remedy>") once a signal has come.
void throw_if_interrupted(const char* remedy);

}  // namespace genretrack
