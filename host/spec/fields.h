// The experiment file, declared: each field once, with its name, limits and meaning. A visitor makes a
// reader (spec_reader.h), a printer or a schema of it; nothing else in the program knows a field's name.
#pragma once

#include <limits>
#include <string>

#include "host/spec/choices.h"

namespace genretrack {

// Limits of numbers; inclusive unless said otherwise.
struct Limits {
  double minimum = std::numeric_limits<double>::lowest();
  double maximum = std::numeric_limits<double>::max();
  bool above_minimum = false;  // the minimum itself is not allowed
  bool below_maximum = false;
};
struct ListLimits {
  std::size_t least = 1, most = 1000;
};

// Where a field has a meaning: `here` in this object, `when` in words.
struct Applies {
  bool here = true;
  const char* when = "";
  const char* decided_by = "";  // the key beside it that says so
};

template <class V>
void declare(V& v, SplitParams& s) {
  v.choice("type", s.type, "which clips train, stop the training and are reported");
  // Behind the choice: a reader knows it only now.
  const bool lists = s.type == SplitType::kFaultFiltered, random = s.type == SplitType::kRandom,
             folds = s.type == SplitType::kKFold;
  v.integer("seed", s.seed, {0, 9007199254740991.0},
            "seed of the split alone: every training seed sees the same parts");
  v.choice("test", s.test, "the published list that results are reported on",
           {lists, "fault-filtered", "type"});
  v.number("test_fraction", s.test_fraction, {0, 1, true, true},
           "share of each genre's clips that results are reported on", {random, "random", "type"});
  v.integer("folds", s.folds, {2, 1000}, "number of folds; each is reported once", {folds, "k-fold", "type"});
  v.choice("group", s.group, "artist: one artist's clips stay on one side",
           {random || folds, "random and k-fold", "type"});
  v.texts("lists", s.lists, {1, 3},
          "train, validation, test: only GTZAN's clips of these fault-filtered lists take part; default: all",
          {random || folds, "random and k-fold", "type"});
  v.text("path", s.path,
         "CSV with the columns clip (or path), part and, if wanted, fold; looked up as the data set is",
         s.type == SplitType::kFile, {s.type == SplitType::kFile, "file", "type"});
  v.object(
      "validation",
      "the part that decides when training stops; taken from the training part where the split has none",
      [&](auto& o) {
        o.number("fraction", s.validation_fraction, {0, 1, true, true}, "share of the training part's clips");
        o.choice("group", s.validation_group, "artist: one artist's clips stay on one side");
      });
  v.boolean("allow_leakage", s.allow_leakage,
            "true: train although a clip or an artist is on both sides, and say so in every report");
}

// Objects that a text may stand for: {"type": text}.
inline constexpr std::array<std::string_view, 1> kNamedObjects = {"/dataset/split"};

template <class V>
void declare(V& v, DatasetSpec& d) {
  v.text("path", d.path,
         "folder with one folder per genre, or CSV manifest; a relative path is looked up under --data-root, "
         "then in the working directory",
         true);
  v.text("cache", d.cache,
         "feature cache file, built where it is missing; default: one beside the runs. A named cache is used "
         "as it stands and not compared with the recordings: `genretrack cache` brings it up to date");
  v.object("subset", "keep a part of the data set", [&](auto& o) {
    o.texts("genres", d.genres, {2, 1000}, "genres to keep; default: all");
  });
  v.boolean("skip_unreadable", d.skip_unreadable,
            "true: leave out recordings that cannot be decoded; false: stop at them");
  v.named_object("split", "type", "how clips are divided; a name alone stands for {\"type\": name}",
                 [&](auto& o) { declare(o, d.split); });
}

template <class V>
void declare(V& v, FeatureParams& f) {
  v.choice("profile", f.profile, "the library whose conventions the transforms follow");
  v.integer("sample_rate", f.sample_rate, {1000, 384000}, "in Hz; recordings are resampled to it");
  v.number("clip_seconds", f.clip_seconds, {0, 3600, true}, "clips are cut or zero-padded to this length");
  v.integer("n_fft", f.n_fft, {2, 1 << 20},
            "window length in samples, a power of two; this version computes 256 to 8192");
  v.integer("hop_length", f.hop_length, {1, 1 << 20}, "samples from one frame to the next, at most n_fft");
  v.object("spectrogram", "power over time and frequency, in decibel", [&](auto& o) {
    o.choice(
        "scale", f.scale,
        "frequency axis: mel bands, or linear: every bin of the STFT; percussion and MFCC stay on mel bands");
    o.integer("n_mels", f.n_mels, {1, 1024}, "number of mel bands, of percussion and MFCC, too");
  });
  v.object("percussion", "sudden changes in volume over time", [&](auto& o) {
    o.choice(
        "kind", f.percussion,
        "flux: rise of each mel band; tempogram: how onsets repeat; hpss: mel bands of the percussive part");
  });
  v.object("mfcc", "mel-frequency cepstral coefficients", [&](auto& o) {
    o.integer("n_mfcc", f.n_mfcc, {1, 1024}, "number of coefficients kept, at most n_mels");
    o.number("lifter", f.lifter, {0, 1e6}, "sinusoidal lifter, as librosa's; 0: none");
    o.integer("deltas", f.deltas, {0, 2},
              "orders of differences over time (width 9) that follow the coefficients as further rows");
  });
  v.object("chromagram", "energy of the twelve pitch classes", [&](auto& o) {
    o.choice(
        "tuning", f.tuning,
        "estimate: the recording's deviation from 440 Hz; none: 440 Hz; fixed: as tuning_semitones says");
    o.number("tuning_semitones", f.tuning_semitones, {-0.5, 0.5, false, true},
             "the recordings' deviation from 440 Hz",
             {f.tuning == Tuning::kFixed, "a fixed tuning", "tuning"});
  });
}

// The fields of a network, without what it sees.
template <class V>
void declare_network(V& v, BranchSpec& b) {
  v.choice("architecture", b.architecture,
           "the network family, or a baseline: svm on mean and standard deviation of rows and deltas, or the "
           "most frequent genre",
           {}, true);
  const bool dense = b.architecture == Architecture::kDense, network = !is_baseline(b.architecture);
  const Applies convolutional{has_convolutions(b.architecture), "cnn1d, cnn2d and crnn", "architecture"};
  const Applies recurrent{is_recurrent(b.architecture), "rnn, lstm, gru and crnn", "architecture"};
  v.integers(
      "channels", b.channels, {1, 8}, {1, 4096},
      "of each block (convolution, batch norm, ReLU, max pooling); default: 24, 48, 96, 128 for cnn2d and "
      "crnn, 64, 128, 256 for cnn1d",
      convolutional);
  v.size("kernel_size", b.kernel_size, {1, 31},
         "of the convolutions, odd: one number, or [rows, frames] for cnn2d and crnn; no larger than the "
         "transform",
         convolutional);
  v.sizes("pooling", b.pooling, {1, 2},
          "of each block: 1 (none) or 2, or a pair [rows, frames] of them for cnn2d and crnn; default: 2 on "
          "every "
          "side that is longer than one, but frames are pooled by a crnn's first two blocks only",
          convolutional);
  v.boolean(
      "residual", b.residual,
      "true: each block has two convolutions, and what goes into it is added to what comes out, through a "
      "convolution of size 1 where the channels differ (He et al. 2016)",
      convolutional);
  v.integers("units", b.units, {1, 8}, {1, 65536}, "of each hidden layer; default: 256, 128",
             {dense, "dense", "architecture"});
  v.choice("cell", b.cell, "of the recurrent layers behind the convolutions",
           {b.architecture == Architecture::kCrnn, "crnn", "architecture"});
  v.integer("hidden", b.hidden, {1, 1024}, "units of each direction of a recurrent layer", recurrent);
  v.integer("layers", b.layers, {1, 8}, "number of recurrent layers, one behind the other", recurrent);
  v.boolean("bidirectional", b.bidirectional,
            "true: each recurrent layer also runs from the last frame to the first", recurrent);
  v.choice(
      "time_summary", b.time_summary,
      "how the frames that are left become one vector: their mean, their maximum, both, the last state (of "
      "each direction its own), or a mean with learned weights (attention); a cnn2d takes the mean over its "
      "rows first",
      {!dense && network, "cnn1d, cnn2d, rnn, lstm, gru and crnn", "architecture"});
  v.number("dropout", b.dropout, {0, 1, false, true},
           "share of values dropped before the last layer, and between recurrent layers; dense: behind every "
           "hidden layer",
           {network, "networks", "architecture"});
}

template <class V>
void declare(V& v, BranchSpec& b) {
  v.choice("input", b.input, "the transform that the network sees; each branch has one of its own", {}, true);
  declare_network(v, b);
  v.later("initialize_from", "starting from a trained run");
  v.later("freeze", "keeping a branch as it starts");
}

template <class V>
void declare_fusion(V& v, ModelSpec& m) {
  v.choice(
      "strategy", m.fusion,
      "early: one network sees all transforms, stacked on their common time axis; feature: the branches' "
      "last vectors, one behind the other, go through a joint head; gated: they are mixed with weights that "
      "a gate gives each segment; feature and gated train all branches together; late: branches are trained "
      "alone and their probabilities averaged; weighted: late with weights fitted on validation clips; "
      "stacking: a classifier on the branches' log-probabilities, fitted on validation clips",
      {}, true);
  const bool early = m.fusion == Fusion::kEarly, gated = m.fusion == Fusion::kGated,
             head = m.fusion == Fusion::kFeature || gated,
             fitted = m.fusion == Fusion::kWeighted || m.fusion == Fusion::kStacking;
  v.object("network",
           "the one network; default: that of the first branch, whose own network fields then hold",
           [&](auto& o) {
             m.network_given = true;
             declare_network(o, m.network);
           },
           false, {early, "early", "strategy"});
  v.integers("units", m.units, {1, 8}, {1, 65536},
             "of each hidden layer of the joint head, and of the gate; default: 64",
             {head, "feature and gated", "strategy"});
  v.integer("embedding", m.embedding, {1, 65536}, "length of the vectors that are mixed",
            {gated, "gated", "strategy"});
  v.number("dropout", m.dropout, {0, 1, false, true},
           "share of values dropped behind each of those hidden layers",
           {head, "feature and gated", "strategy"});
  v.number(
      "prior_clips", m.prior_clips, {0, 1e9, true},
      "how strongly fitted weights are held at equal ones: as if so many more clips had spoken for those",
      {fitted, "weighted and stacking", "strategy"});
}

template <class V>
void declare(V& v, ModelSpec& m) {
  v.objects("branches", m.branches, {1, 16}, "one network per transform",
            [](auto& o, BranchSpec& branch) { declare(o, branch); });
  v.object("fusion", "how several branches become one answer", [&](auto& o) { declare_fusion(o, m); }, false,
           {m.branches.size() != 1, "several branches", "branches"});
}

template <class V>
void declare_optimizer(V& v, TrainingSpec& t) {
  v.choice("type", t.optimizer, "adamw: Adam with decoupled weight decay; sgd: stochastic gradient descent");
  const bool sgd = t.optimizer == OptimizerType::kSgd;
  v.number("learning_rate", t.learning_rate, {0, 1e3, true},
           "learning rate: the first of constant, step and cosine, the highest of one-cycle. `genretrack run "
           "--find-learning-rate` looks for it");
  v.number("weight_decay", t.weight_decay, {0, 1e3},
           "decay of the weights; biases and norms are not decayed. With sgd it is added to the gradient, "
           "where 5e-4 is usual");
  v.number("momentum", t.momentum, {0, 1, false, true}, "share of the last step in the next one",
           {sgd, "sgd", "type"});
}

template <class V>
void declare_schedule(V& v, TrainingSpec& t) {
  v.choice("type", t.schedule,
           "cosine: falls to 0 over `epochs` along half a cosine; step: falls by a factor every few epochs; "
           "one-cycle: rises, then falls, each along half a cosine (Smith 2018)");
  const bool cycle = t.schedule == Schedule::kOneCycle, step = t.schedule == Schedule::kStep;
  v.number("warmup_epochs", t.warmup_epochs, {0, 100000},
           "epochs at the beginning over which the rate rises linearly; the schedule follows behind them",
           {!cycle, "constant, step and cosine", "type"});
  v.integer("step_epochs", t.step_epochs, {1, 100000}, "epochs from one fall to the next",
            {step, "step", "type"});
  v.number("step_factor", t.step_factor, {0, 1, true}, "what the rate is multiplied with at each fall",
           {step, "step", "type"});
  v.number("rise", t.rise, {0, 1, true, true}, "share of the training in which the rate rises",
           {cycle, "one-cycle", "type"});
  v.number("start_factor", t.start_factor, {0, 1, true}, "first rate, as a share of the highest",
           {cycle, "one-cycle", "type"});
  v.number("end_factor", t.end_factor, {0, 1}, "last rate, as a share of the highest",
           {cycle, "one-cycle", "type"});
  v.number("least_momentum", t.least_momentum, {0, 1, false, true},
           "momentum at the highest rate: it falls to it from optimizer/momentum and rises again",
           {cycle && t.optimizer == OptimizerType::kSgd, "one-cycle with sgd", "type"});
}

template <class V>
void declare_augment(V& v, TrainingSpec& t) {
  AugmentSpec& a = t.augment;
  v.boolean("random_crop", t.random_crop, "segments start anywhere; false: at even steps");
  v.object("spec_augment",
           "masks in time and frequency (Park et al. 2019): a masked value is its row's mean over the "
           "training part",
           [&](auto& o) {
             o.integer("time_masks", a.time_masks, {0, 2}, "masks in time per segment");
             o.integer("time_mask_frames", a.time_mask_frames, {1, 100000},
                       "largest width of each, at most half a segment; widths are uniform from 0 on");
             o.integer("frequency_masks", a.frequency_masks, {0, 2}, "masks in frequency per segment");
             o.integer("frequency_mask_rows", a.frequency_mask_rows, {1, 4096},
                       "largest width of each in rows of a transform; a transform with less than twice as "
                       "many rows is masked by up to half of them");
           });
  v.number("mixup", a.mixup, {0, 1},
           "parameter of the beta distribution that says how much of a segment is kept when it is mixed with "
           "another of its batch, targets likewise (Zhang et al. 2018); 0: no mixing");
  v.number("stretch", a.stretch, {0, 1},
           "segments are stretched in time, without a change of pitch, by up to this share: factors from 1 / "
           "(1 + stretch) to 1 + stretch");
  v.number("gain_db", a.gain_db, {0, 60},
           "largest change of level per segment; of transforms in decibel only: the spectrogram and "
           "percussion of kind hpss");
  v.number("noise_db", a.noise_db, {0, 60},
           "standard deviation of noise added to every value; of transforms in decibel only");
}

template <class V>
void declare(V& v, TrainingSpec& t) {
  v.number("segment_seconds", t.segment_seconds, {0, 600, true},
           "length of what a network sees at once, at most clip_seconds");
  v.integer("batch_size", t.batch_size, {2, 4096}, "segments per step");
  v.integer("epochs", t.epochs, {1, 100000}, "number of passes over the training clips, at most");
  v.only("precision", "float32", {"bfloat16", "float16"}, "number type of the arithmetic");
  v.object("optimizer", "how weights follow their gradients", [&](auto& o) { declare_optimizer(o, t); });
  v.object("schedule", "how the learning rate changes, step by step",
           [&](auto& o) { declare_schedule(o, t); });
  v.number("label_smoothing", t.label_smoothing, {0, 1, false, true},
           "share of a target that is spread evenly over all genres (Szegedy et al. 2016)");
  v.choice("class_weights", t.class_weights,
           "balanced: a genre's segments count inversely to their number in the training part");
  v.number("gradient_clipping", t.gradient_clipping, {0, 1e6},
           "largest norm of the gradient over all weights; larger ones are scaled down to it; 0: any norm");
  v.number(
      "weight_average", t.weight_average, {0, 1, false, true},
      "decay per step of a moving average of the weights, with which validation and prediction are made; "
      "0: the weights themselves. Early on the decay is (1 + step) / (10 + step) at most");
  v.object(
      "early_stopping", "ends a training that no longer improves; its best weights are kept", [&](auto& o) {
        o.choice("monitor", t.monitor,
                 "what must improve; equal accuracies and F1 are told apart by the loss");
        o.integer("patience", t.patience, {0, 100000}, "epochs without improvement; 0: never stops early");
      });
  v.object("augment", "changes of the training segments", [&](auto& o) { declare_augment(o, t); });
}

template <class V>
void declare(V& v, EvaluationSpec& e) {
  v.only("aggregate", "mean_probability", {"vote"}, "how the answers for segments become a clip's answer");
  v.number("overlap", e.overlap, {0, 0.95},
           "least share of a segment that it has in common with the next one when clips are predicted; the "
           "validation behind each epoch hears them without overlap");
  v.integer("bootstrap", e.bootstrap, {100, 10000000},
            "number of bootstrap resamples for the intervals of comparisons");
}

template <class V>
void declare(V& v, Experiment& e) {
  v.ignored("$schema", "the schema's address, for editors; not read");
  v.text("name", e.name, "name of the run folder; default: the file's name without .json");
  v.seeds("seeds", e.seeds, {1, 1000}, "training seeds; each makes a training of its own");
  v.object(
      "dataset", "the recordings", [&](auto& o) { declare(o, e.dataset); }, true);
  v.object("features", "the transforms", [&](auto& o) { declare(o, e.features); });
  v.object(
      "model", "the networks", [&](auto& o) { declare(o, e.model); }, true);
  v.object("training", "how they are trained", [&](auto& o) { declare(o, e.training); });
  v.object("evaluation", "how they are judged", [&](auto& o) { declare(o, e.evaluation); });
}

}  // namespace genretrack
