# SPDX-License-Identifier: GPL-2.0-or-later
# shape.gnuplot - two panels: bandwidth and latency as configured and as measured. usage: gnuplot -e "data='PREFIX'" FILE

set terminal svg size 960,440 dynamic font 'sans-serif,12' background rgb 'white'
set output data.'.svg'
set multiplot layout 1,2
set logscale xy
set grid
set key top left reverse Left

set title 'Bandwidth'
set xlabel 'configured bandwidth (Mbit/s)'
set ylabel 'measured bandwidth, TCP goodput (Mbit/s)'
set xrange [0.8:250]
set yrange [0.5:250]
plot 1448.0 / 1514 * x with lines dt 2 lc rgb '#888888' title '1448 of 1514 bytes', \
     data.'-rate-local.dat' with points pt 7 ps 0.7 lc rgb '#1b6ca8' title 'two guests of one host', \
     data.'-rate-remote.dat' with points pt 6 ps 1.1 lc rgb '#d1495b' title 'behind another bridge', \
     data.'-rate-tclink.dat' with points pt 1 ps 1.1 lc rgb '#2a9d8f' title 'TCLink of mininet', \
     data.'-rate-small.dat' with points pt 2 ps 0.8 lc rgb '#555555' title 'tbf burst 1600'

set title 'Latency'
set xlabel 'configured latency (ms)'
set ylabel 'measured latency, smallest round trip (ms)'
plot x with lines dt 2 lc rgb '#888888' title 'as configured', \
     data.'-delay-local.dat' with points pt 7 ps 0.7 lc rgb '#1b6ca8' title 'two guests of one host', \
     data.'-delay-remote.dat' with points pt 6 ps 1.1 lc rgb '#d1495b' title 'behind another bridge'
