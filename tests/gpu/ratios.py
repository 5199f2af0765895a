"""Tables of what the GPU benches measured, and its ratios to PyTorch: ratios.py OURS PEERS OUR_STEPS PEER_STEPS [JSON_FILE]"""
import json
import sys
from pathlib import Path


def lines(path):
    return [json.loads(line) for line in Path(path).read_text().splitlines() if line.startswith("{")]


def transforms(ours, peers):
    # The peer's best batch; it has flux only, and its samples and results stay on the device.
    best = max((p["clips_per_second"] for p in peers), default=None)
    rows = []
    for o in ours:
        comparable = best and o["percussion"] == "flux" and o["way"] == "device to device"
        rows.append({**o, "peer": peers[0]["peer"] if comparable else None, "peer_clips_per_second": best if comparable else None,
                     "ratio": round(o["clips_per_second"] / best, 2) if comparable else None})
    print(f"{'percussion':<11}{'way':<18}{'clips':>6}{'clips/s':>11}{'peer clips/s':>14}{'ratio':>7}")
    for r in rows:
        peer, ratio = (f"{r[k]:.1f}" if r[k] is not None else "-" for k in ("peer_clips_per_second", "ratio"))
        print(f"{r['percussion']:<11}{r['way']:<18}{r['clips']:>6}{r['clips_per_second']:>11.1f}{peer:>14}{ratio:>7}")
    return rows


def steps(ours, peers):
    same = ("network", "batch", "precision")
    found = {tuple(p[k] for k in same): p for p in peers}
    rows = []
    for o in ours:
        peer = found.get(tuple(o[k] for k in same))
        rows.append({**o, "peer": peer["peer"] if peer else None, "peer_median_ms": peer["median_ms"] if peer else None,
                     "ratio": round(peer["median_ms"] / o["median_ms"], 2) if peer else None})
    print(f"\n{'step':<8}{'batch':>6}{'precision':>11}{'ms':>9}{'peer ms':>9}{'ratio':>7}")
    for r in rows:
        peer, ratio = (f"{r[k]:.2f}" if r[k] is not None else "-" for k in ("peer_median_ms", "ratio"))
        print(f"{r['network']:<8}{r['batch']:>6}{r['precision']:>11}{r['median_ms']:>9.3f}{peer:>9}{ratio:>7}")
    return rows


def main():
    ours, peers, our_steps, peer_steps = (lines(path) for path in sys.argv[1:5])
    if not ours or not our_steps:
        sys.exit("ratios.py: a bench printed nothing")
    rows = transforms(ours, peers) + steps(our_steps, peer_steps)
    if len(sys.argv) > 5:
        Path(sys.argv[5]).write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
