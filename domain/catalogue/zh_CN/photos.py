"""Photos of what is wrong."""

WORDS = {
    "button.photo": "拍照",
    "button.take_photo": "拍",
    "button.drop_photo": "去掉这张照片",
    "camera.title": "拍下问题",
    "camera.hint": "靠近，拿稳",
    "problem.no_camera": "摄像头不能用",
    "problem.no_camera.way_out": "请检查是否插好；没有照片也可以照常填报",
    "problem.photo_no_picture": "这不是照片",
    "problem.photo_no_picture.way_out": "请重拍，或不带照片继续",
    "problem.photo_too_large": "照片太大",
    "problem.photo_too_large.way_out": "请靠近重拍，或不带照片继续",
    "problem.photo_no_room": "本终端没有空间存照片",
    "problem.photo_no_room.way_out": "请不带照片继续，并告知终端管理员",
    "problem.photo_not_stored": "照片没有存上",
    "problem.photo_not_stored.way_out": "请重拍，或不带照片继续",
    "problem.photos_enough": "最多 {most} 张照片",
    "problem.photos_enough.way_out": "去掉一张再拍",
}
