#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes kernels/tuning.json of tuning files that `gpuverdict tune` wrote: ship_tuning.py FILE…

What holds for one machine alone is left out (the device's name, driver, units, versions), and so is a
class in which every provider was best with its own tunables. The first file counts where two agree."""
import json
import pathlib
import sys


def main(paths):
    devices = {}
    for path in paths:
        for device in json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["devices"]:
            kept = {key: device[key] for key in ("platform", "type", "vector_width_f32") if key in device}
            classes = devices.setdefault(json.dumps(kept), {})
            for found in device["classes"]:
                sets = [{"provider": s["provider"].rsplit(" ", 1)[0], "parameters": s["parameters"]}
                        for s in found["sets"] if s.get("parameters")]
                if sets:
                    classes.setdefault(found["workload"], {"workload": found["workload"], "sets": sets})
    shipped = {"gpuverdict_tuning": 1,
               "devices": [{**json.loads(kept), "classes": list(classes.values())}
                           for kept, classes in devices.items() if classes]}
    target = pathlib.Path(__file__).resolve().parent.parent / "kernels/tuning.json"
    target.write_text(json.dumps(shipped, indent=1) + "\n", encoding="utf-8")
    print(target, sum(len(d["classes"]) for d in shipped["devices"]), "classes")


if __name__ == "__main__":
    main(sys.argv[1:])
