"""One table of what the GPU benches measured, and its ratios to PyTorch: ratios.py OURS PEERS [JSON_FILE]"""
import json
import sys
from pathlib import Path


def lines(path):
    return [json.loads(line) for line in Path(path).read_text().splitlines() if line.startswith("{")]


def main():
    ours, peers = lines(sys.argv[1]), lines(sys.argv[2])
    if not ours:
        sys.exit("ratios.py: the bench printed nothing")
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
    if len(sys.argv) > 3:
        Path(sys.argv[3]).write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
