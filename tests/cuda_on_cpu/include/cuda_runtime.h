// Stands for CUDA's header where a .cu file is compiled by g++: see tests/cuda_on_cpu/machine.h.
#pragma once

#include "tests/cuda_on_cpu/device.h"
#include "tests/cuda_on_cpu/runtime.h"
