#include "host/cpu/nn/plan.h"

#include <omp.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace genretrack::cpu {

using dnnl::memory;

FloatBuffer::FloatBuffer(std::size_t count) : size_(count) {
  const std::size_t bytes = (std::max<std::size_t>(count, 1) * sizeof(float) + 63) / 64 * 64;
  data_.reset(static_cast<float*>(std::aligned_alloc(64, bytes)));
  if (!data_) throw std::bad_alloc();
  std::memset(data_.get(), 0, bytes);
}

void FloatBuffer::Free::operator()(float* p) const { std::free(p); }

Call::Call(const dnnl::primitive& primitive, std::vector<std::pair<int, memory>> arguments)
    : primitive_(primitive), kept_(std::move(arguments)) {
  for (const auto& [index, m] : kept_) arguments_.push_back({index, m.get()});
}

void Call::run(const dnnl::stream& stream) const {
  if (!primitive_) return;
  dnnl::error::wrap_c_api(dnnl_primitive_execute(primitive_.get(), stream.get(),
                                                 static_cast<int>(arguments_.size()), arguments_.data()),
                          "could not run a primitive");
}

memory::desc Plan::map(int channels, int height, int width, int lanes) const {
  const auto tag = lanes == 16  ? memory::format_tag::nChw16c
                   : lanes == 8 ? memory::format_tag::nChw8c
                                : memory::format_tag::nchw;
  return {{batch, channels, height, width}, memory::data_type::f32, tag};
}

memory Plan::make(const memory::desc& desc) {
  buffers_.emplace_back((desc.get_size() + sizeof(float) - 1) / sizeof(float));
  return memory(desc, engine, buffers_.back().data());
}

float* Plan::make(std::size_t count) {
  buffers_.emplace_back(count);
  return buffers_.back().data();
}

TimeMajor Plan::make_time_major(int features, int frames, bool with_gradient) {
  TimeMajor rows;
  rows.batch = batch;
  rows.shares = std::min(threads, batch);
  rows.frames = frames;
  rows.features = features;
  rows.data = make(rows.count());
  if (with_gradient) rows.gradient = make(rows.count());
  return rows;
}

ThreadCount::ThreadCount(int threads) : before_(omp_get_max_threads()) { omp_set_num_threads(threads); }
ThreadCount::~ThreadCount() { omp_set_num_threads(before_); }

namespace {

// Two descriptions of the same bytes: maps of one place whose channels fill whole blocks are plain rows.
bool same_bytes(const memory::desc& a, const memory::desc& b) {
  if (a == b) return true;
  if (a.dims() != b.dims() || a.dims().size() != 4 || a.dims()[2] * a.dims()[3] != 1) return false;
  const int la = lanes_of(a), lb = lanes_of(b);
  return la > 0 && lb > 0 && a.dims()[1] % la == 0 && a.dims()[1] % lb == 0;
}

Call copy_call(const memory& from, const memory& to) {
  return Call(dnnl::reorder(dnnl::reorder::primitive_desc(from, to)),
              {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
}

}  // namespace

memory Plan::as(const memory& from, const memory::desc& wanted, Call* copy) {
  if (from.get_desc() == wanted) return from;
  if (from.get_data_handle() && same_bytes(from.get_desc(), wanted))
    return memory(wanted, engine, from.get_data_handle());
  const memory to = make(wanted);
  *copy = copy_call(from, to);
  return to;
}

memory Plan::into(const memory& to, const memory::desc& wanted, Call* copy) {
  if (to.get_desc() == wanted) return to;
  if (to.get_data_handle() && same_bytes(to.get_desc(), wanted))
    return memory(wanted, engine, to.get_data_handle());
  const memory from = make(wanted);
  *copy = copy_call(from, to);
  return from;
}

int lanes_of(const memory::desc& desc) {
  using tag = memory::format_tag;
  const memory::dims dims = desc.dims();
  if (dims.size() != 4) return 0;
  if (desc == memory::desc(dims, memory::data_type::f32, tag::nchw)) return 1;
  if (desc == memory::desc(dims, memory::data_type::f32, tag::nChw8c)) return 8;
  if (desc == memory::desc(dims, memory::data_type::f32, tag::nChw16c)) return 16;
  return 0;
}

int preferred_lanes() {
  const auto isa = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
  const auto wide = static_cast<unsigned>(dnnl::cpu_isa::avx512_core);
  return (isa & wide) == wide ? 16 : 8;  // later sets contain the bits of earlier ones
}

MapLayout layout_of(const memory::desc& desc) {
  const int lanes = lanes_of(desc);
  const memory::dims dims = desc.dims();
  return {lanes, static_cast<int>((dims[1] + lanes - 1) / lanes), static_cast<int>(dims[2] * dims[3])};
}

}  // namespace genretrack::cpu
