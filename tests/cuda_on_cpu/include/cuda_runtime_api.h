// Stands for CUDA's header of the same name: see tests/cuda_on_cpu/machine.h.
#pragma once

#include "tests/cuda_on_cpu/runtime.h"
