#include "host/train/joint_answers.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "host/train/predict.h"
#include "host/train/segments.h"

namespace genretrack {
namespace {

class JointAnswers {
 public:
  JointAnswers(const BranchJob& job, const std::vector<BranchData>& inputs, TrainedBranch& trained)
      : job_(job),
        inputs_(inputs),
        trained_(trained),
        branches_(job.model->branches.size()),
        classes_(job.clips->genres.size()),
        batch_(static_cast<std::size_t>(job.training->batch_size)) {
    trained_.branches.assign(branches_, std::vector<double>(job.clips->ids.size() * classes_));
  }

  void early() {
    const Recorded whole = record(Part::kWhole, 0);
    std::size_t first = 0;
    for (std::size_t b = 0; b < branches_; ++b) {
      // A scale of 0 puts a row at its mean.
      FeatureSource source = inputs_[0].source();
      const std::size_t end = first + static_cast<std::size_t>(job_.rows[b]);
      for (std::size_t row = 0; row < source.scale.size(); ++row)
        if (row < first || row >= end) source.scale[row] = 0;
      whole.ops->set_features(whole.network.inputs[0], std::move(source));
      first = end;
      for_clips([&](std::size_t clip) {
        add_softmax(answers(whole, clip), &trained_.branches[b][clip * classes_]);
      });
    }
  }

  void by_vectors() {
    const bool gated = job_.model->fusion == Fusion::kGated;
    const Recorded vectors = record(Part::kBranches, 0);
    const std::size_t size = vectors.network.answer_size;
    set_features(vectors);
    const Recorded head = record(Part::kHead, static_cast<int>(size));
    const std::vector<double> mean = gated ? std::vector<double>() : training_mean(vectors);
    for_clips([&](std::size_t clip) {
      const std::vector<float> each = answers(vectors, clip);
      std::size_t first = 0;
      for (std::size_t b = 0; b < branches_; ++b) {
        const auto own = static_cast<std::size_t>(vectors.network.vector_sizes[b]);
        std::vector<float> seen;
        for (std::size_t s = 0; s * size < each.size(); ++s) {
          const float* from = each.data() + s * size;
          if (!gated)
            for (std::size_t i = 0; i < size; ++i)
              seen.push_back(i >= first && i < first + own ? from[i] : static_cast<float>(mean[i]));
          else
            seen.insert(seen.end(), from + first, from + first + own);
        }
        add_softmax(through(head, seen), &trained_.branches[b][clip * classes_]);
        first += own;
      }
    });
  }

  void gate() {
    const Recorded gate = record(Part::kGate, 0);
    set_features(gate);
    trained_.gate.assign(job_.clips->ids.size() * branches_, 0);
    for_clips([&](std::size_t clip) {
      add_softmax(answers(gate, clip), &trained_.gate[clip * branches_], branches_);
    });
  }

 private:
  struct Recorded {
    std::unique_ptr<NetworkOps> ops;
    Network network;
  };

  Recorded record(Part part, int vector_size) const {
    Recorded r;
    r.ops = make_network_ops(job_.device, {.batch = job_.training->batch_size, .threads = job_.threads});
    r.network = record_network(*r.ops, *job_.model,
                               {job_.rows, job_.segment, static_cast<int>(classes_), vector_size}, part);
    r.ops->prepare(r.network.layout.slots());
    std::vector<float> values(r.network.layout.size());
    for (const ParameterSlot& wanted : r.network.layout.slots()) {
      const auto found = std::find_if(trained_.slots.begin(), trained_.slots.end(),
                                      [&](const ParameterSlot& s) { return s.name == wanted.name; });
      std::copy_n(trained_.parameters.data() + found->offset, wanted.count(), values.data() + wanted.offset);
    }
    r.ops->upload(Buffer::kParameters, values);
    return r;
  }

  void set_features(const Recorded& r) const {
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      r.ops->set_features(r.network.inputs[i], inputs_[i].source());
  }

  void for_clips(const std::function<void(std::size_t)>& work) const {
    for (const auto* part : {&job_.clips->validation, &job_.clips->test})
      for (const std::size_t clip : *part) work(clip);
  }

  // What stands at the end of the recording for each segment of a clip: (segments, answer_size).
  std::vector<float> answers(const Recorded& r, std::size_t clip) const {
    const std::vector<int> starts = even_starts(job_.clips->usable[clip], job_.segment, job_.overlap);
    return in_batches(r, starts.size(), [&](const std::vector<std::size_t>& items) {
      std::vector<Crop> crops(batch_);
      for (std::size_t i = 0; i < batch_; ++i)
        crops[i] = {.clip = static_cast<std::int32_t>(clip), .start = starts[items[i]]};
      for (const Tensor& input : r.network.inputs) r.ops->gather(input, crops);
    });
  }

  // The same for vectors that are given.
  std::vector<float> through(const Recorded& r, const std::vector<float>& vectors) const {
    const auto size = static_cast<std::size_t>(r.network.inputs[0].channels);
    return in_batches(r, vectors.size() / size, [&](const std::vector<std::size_t>& items) {
      std::vector<float> batch;
      for (const std::size_t item : items)
        batch.insert(batch.end(), vectors.begin() + static_cast<std::ptrdiff_t>(item * size),
                     vectors.begin() + static_cast<std::ptrdiff_t>((item + 1) * size));
      r.ops->set_input(r.network.inputs[0], batch);
    });
  }

  // The last batch is filled up with its first item; those answers are dropped.
  std::vector<float> in_batches(const Recorded& r, std::size_t count,
                                const std::function<void(const std::vector<std::size_t>&)>& give) const {
    std::vector<float> all, batch(batch_ * r.network.answer_size);
    for (std::size_t first = 0; first < count; first += batch_) {
      const std::size_t here = std::min(batch_, count - first);
      std::vector<std::size_t> items(batch_);
      for (std::size_t i = 0; i < batch_; ++i) items[i] = first + (i < here ? i : 0);
      give(items);
      r.ops->forward(Mode::kEvaluation, 0, 0);
      r.ops->logits(batch);
      all.insert(all.end(), batch.begin(),
                 batch.begin() + static_cast<std::ptrdiff_t>(here * r.network.answer_size));
    }
    return all;
  }

  std::vector<double> training_mean(const Recorded& r) const {
    std::vector<double> mean(r.network.answer_size);
    double count = 0;
    for (const std::size_t clip : job_.clips->train) {
      const std::vector<float> each = answers(r, clip);
      for (std::size_t i = 0; i < each.size(); ++i) mean[i % mean.size()] += each[i];
      count += static_cast<double>(each.size() / mean.size());
    }
    for (double& value : mean) value /= count;
    return mean;
  }

  // The mean of the segments' softmax, as floats, which is what files keep.
  void add_softmax(const std::vector<float>& logits, double* to, std::size_t classes = 0) const {
    if (classes == 0) classes = classes_;
    const std::vector<double> each = softmax_rows(logits, classes);
    const double segments = static_cast<double>(each.size() / classes);
    for (std::size_t i = 0; i < each.size(); ++i) to[i % classes] += each[i] / segments;
    for (std::size_t c = 0; c < classes; ++c) to[c] = static_cast<float>(to[c]);
  }

  const BranchJob& job_;
  const std::vector<BranchData>& inputs_;
  TrainedBranch& trained_;
  std::size_t branches_, classes_, batch_;
};

}  // namespace

void answer_by_branch(const BranchJob& job, const std::vector<BranchData>& inputs, TrainedBranch* trained) {
  JointAnswers answers(job, inputs, *trained);
  if (job.model->fusion == Fusion::kEarly) return answers.early();
  answers.by_vectors();
  if (job.model->fusion == Fusion::kGated) answers.gate();
}

}  // namespace genretrack
