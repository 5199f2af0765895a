// Where tensors part and meet: one becomes two, several become one behind the other, two are added, and
// several are mixed by a gate.
#include <algorithm>
#include <cmath>

#include "host/cpu/nn/operations.h"

namespace genretrack::cpu {
namespace {

using dnnl::memory;

// Both outputs are the input's own memory: no operation writes over what it reads.
class Fork final : public Operation {
 public:
  Fork(Plan& plan, const Value& x, Value* first, Value* second)
      : count_(x.data.get_desc().get_size() / sizeof(float)), below_(x.gradient) {
    for (Value* out : {first, second}) {
      out->data = x.data;
      if (x.gradient) out->gradient = plan.make(x.data.get_desc());
    }
    if (!below_) return;
    a_ = floats(first->gradient);
    b_ = floats(second->gradient);
  }
  void forward(const StepState&) override {}
  void backward() override {
    if (!below_) return;
    float* sum = floats(below_);
#pragma omp parallel for simd schedule(static)
    for (std::size_t i = 0; i < count_; ++i) sum[i] = a_[i] + b_[i];
  }
  std::string implementation() const override { return "own"; }

 private:
  std::size_t count_;
  memory below_;
  const float *a_ = nullptr, *b_ = nullptr;
};

// In blocks where every part but the last fills its blocks, else plain.
class Concatenate final : public Operation {
 public:
  Concatenate(Plan& plan, const std::vector<Value>& parts, Value* out) : batch_(plan.batch) {
    int lanes = lanes_of(parts.front().data.get_desc());
    bool trained = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const bool whole = i + 1 == parts.size() || parts[i].channels % std::max(lanes, 1) == 0;
      if (lanes_of(parts[i].data.get_desc()) != lanes || !whole) lanes = 1;
      trained = trained || parts[i].gradient;
      // The layout is asked for once: the answer takes memory, and a step takes none.
      parts_.push_back({parts[i].channels, layout_of(parts[i].data.get_desc()), floats(parts[i].data),
                        parts[i].gradient ? floats(parts[i].gradient) : nullptr});
    }
    const memory::desc desc = plan.map(out->channels, out->height, out->width, lanes);
    out->data = data_ = plan.make(desc);
    if (trained) out->gradient = gradient_ = plan.make(desc);
    layout_ = layout_of(desc);
  }

  void forward(const StepState&) override {
    each_run([this](const Part& part, std::size_t inside, std::size_t outside, const Stride& s) {
      const float* from = part.data + inside;
      float* to = floats(data_) + outside;
      for (int i = 0; i < s.count; ++i) to[std::size_t(i) * s.outside] = from[std::size_t(i) * s.inside];
    });
  }
  void backward() override {
    if (!gradient_) return;
    each_run([this](const Part& part, std::size_t inside, std::size_t outside, const Stride& s) {
      if (!part.gradient) return;
      const float* from = floats(gradient_) + outside;
      float* to = part.gradient + inside;
      for (int i = 0; i < s.count; ++i) to[std::size_t(i) * s.inside] = from[std::size_t(i) * s.outside];
    });
  }
  std::string implementation() const override { return "own"; }

 private:
  struct Part {
    int channels;
    MapLayout layout;
    float *data, *gradient;  // gradient: null where nothing in front is trained
  };
  struct Stride {
    int count;
    std::size_t inside, outside;
  };
  // Calls `copy` for runs that together are every value of every part: all of one clip's blocks where the
  // layouts agree, else one channel.
  template <class Copy>
  void each_run(const Copy& copy) const {
#pragma omp parallel for schedule(static)
    for (int n = 0; n < batch_; ++n) {
      int first = 0;
      for (const Part& part : parts_) {
        const MapLayout& inner = part.layout;
        if (inner.lanes == layout_.lanes) {
          copy(part, inner.offset(n, 0, 0), layout_.offset(n, first, 0),
               Stride{inner.blocks * inner.area * inner.lanes, 1, 1});
        } else {
          for (int c = 0; c < part.channels; ++c)
            copy(part, inner.offset(n, c, 0), layout_.offset(n, first + c, 0),
                 Stride{inner.area, std::size_t(inner.lanes), std::size_t(layout_.lanes)});
        }
        first += part.channels;
      }
    }
  }

  int batch_;
  std::vector<Part> parts_;
  MapLayout layout_;
  memory data_, gradient_;
};

class GatedSum final : public Operation {
 public:
  GatedSum(Plan& plan, const Value& logits, const std::vector<Value>& parts, Value* out)
      : batch_(plan.batch), size_(out->channels), logits_(plan, logits) {
    bool trained = static_cast<bool>(logits.gradient);
    for (const Value& part : parts) {
      parts_.emplace_back(plan, part);
      trained = trained || part.gradient;
    }
    out->data = data_ = plan.make(plan.map(size_, 1, 1, 1));
    if (trained) out->gradient = gradient_ = plan.make(plan.map(size_, 1, 1, 1));
    weights_.resize(std::size_t(batch_) * parts_.size());
    slopes_.resize(parts_.size());
  }

  void forward(const StepState&) override {
    logits_.bring();
    for (Plain& part : parts_) part.bring();
    const std::size_t count = parts_.size();
    for (int n = 0; n < batch_; ++n) {
      double* w = weights_.data() + std::size_t(n) * count;
      const float* z = floats(logits_.data) + std::size_t(n) * count;
      const double top = *std::max_element(z, z + count);
      double sum = 0;
      for (std::size_t k = 0; k < count; ++k) sum += w[k] = std::exp(z[k] - top);
      for (std::size_t k = 0; k < count; ++k) w[k] /= sum;
      float* y = floats(data_) + std::size_t(n) * size_;
      for (int c = 0; c < size_; ++c) {
        double mixed = 0;
        for (std::size_t k = 0; k < count; ++k)
          mixed += w[k] * floats(parts_[k].data)[std::size_t(n) * size_ + c];
        y[c] = static_cast<float>(mixed);
      }
    }
  }

  void backward() override {
    if (!gradient_) return;
    const std::size_t count = parts_.size();
    for (int n = 0; n < batch_; ++n) {
      const double* w = weights_.data() + std::size_t(n) * count;
      const float* g = floats(gradient_) + std::size_t(n) * size_;
      double mean = 0;  // of the slopes by the weights
      for (std::size_t k = 0; k < count; ++k) {
        const std::size_t row = std::size_t(n) * size_;
        slopes_[k] = 0;
        for (int c = 0; c < size_; ++c) slopes_[k] += double(g[c]) * floats(parts_[k].data)[row + c];
        mean += w[k] * slopes_[k];
        if (!parts_[k].gradient) continue;
        for (int c = 0; c < size_; ++c) floats(parts_[k].gradient)[row + c] = static_cast<float>(w[k] * g[c]);
      }
      if (!logits_.gradient) continue;
      for (std::size_t k = 0; k < count; ++k)
        floats(logits_.gradient)[std::size_t(n) * count + k] = static_cast<float>(w[k] * (slopes_[k] - mean));
    }
    logits_.send();
    for (Plain& part : parts_) part.send();
  }
  std::string implementation() const override { return "own"; }

 private:
  // A vector per clip as plain rows, whatever its own layout.
  struct Plain {
    Plain(Plan& plan, const Value& x) : stream(&plan.stream) {
      const memory::desc plain = plan.map(x.channels, 1, 1, 1);
      data = plan.as(x.data, plain, &to_plain);
      if (x.gradient) gradient = plan.into(x.gradient, plain, &from_plain);
    }
    void bring() const { to_plain.run(*stream); }
    void send() const { from_plain.run(*stream); }
    const dnnl::stream* stream;
    memory data, gradient;
    Call to_plain, from_plain;
  };

  int batch_, size_;
  Plain logits_;
  std::vector<Plain> parts_;
  memory data_, gradient_;
  std::vector<double> weights_, slopes_;  // (N, K), (K)
};

}  // namespace

std::unique_ptr<Operation> make_fork(Plan& plan, const Value& x, Value* first, Value* second) {
  return std::make_unique<Fork>(plan, x, first, second);
}

std::unique_ptr<Operation> make_concatenate(Plan& plan, const std::vector<Value>& parts, Value* out) {
  return std::make_unique<Concatenate>(plan, parts, out);
}

std::unique_ptr<Operation> make_gated_sum(Plan& plan, const Value& logits, const std::vector<Value>& parts,
                                          Value* out) {
  return std::make_unique<GatedSum>(plan, logits, parts, out);
}

}  // namespace genretrack::cpu
